-- How far the audit goes, signed with the key of the installation; a chain that was cut does not show it by itself.

CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL,
    seal TEXT NOT NULL,
    signature TEXT NOT NULL
);

INSERT INTO audit_head (id, number, seal, signature) VALUES (1, 0, '', '');
