"""Who may do what: principals, roles and the permission table. Pure; faces make principals, the service asks."""
