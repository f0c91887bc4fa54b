-- A wholesale trader's order system, shared by several companies (tenants).
CREATE TABLE tenants (
  id INTEGER PRIMARY KEY,
  slug VARCHAR(40) NOT NULL UNIQUE,
  name TEXT NOT NULL,
  country CHAR(2) NOT NULL,
  plan TEXT NOT NULL DEFAULT 'standard' CHECK (plan IN ('free', 'standard', 'enterprise')),
  owner_id INTEGER REFERENCES users (id),
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  email VARCHAR(120) NOT NULL UNIQUE COLLATE NOCASE,
  full_name TEXT NOT NULL,
  is_active BOOLEAN NOT NULL DEFAULT 1,
  preferences JSON,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id),
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  category_id INTEGER NOT NULL REFERENCES categories (id),
  sku VARCHAR(20) NOT NULL,
  name TEXT NOT NULL,
  unit_price DECIMAL(10, 2) NOT NULL CHECK (unit_price >= 0),
  weight_kg REAL,
  attributes JSON,
  UNIQUE (tenant_id, sku)
);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  city TEXT NOT NULL,
  country CHAR(2) NOT NULL,
  email VARCHAR(120),
  phone VARCHAR(30),
  notes TEXT,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  taken_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
  number VARCHAR(20) NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('open', 'packed', 'shipped', 'cancelled')),
  ordered_on DATE NOT NULL,
  total DECIMAL(12, 2) NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price DECIMAL(10, 2) NOT NULL,
  PRIMARY KEY (order_id, line)
) WITHOUT ROWID;
CREATE TABLE shipments (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  carrier TEXT NOT NULL,
  tracking_code VARCHAR(30),
  shipped_at TIMESTAMP,
  delivered_at TIMESTAMP
);
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  storage_key TEXT NOT NULL UNIQUE,
  checksum BLOB NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
  kind TEXT NOT NULL,
  payload JSON NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE currencies (
  code CHAR(3) PRIMARY KEY,
  name TEXT NOT NULL,
  rate_to_eur DECIMAL(14, 6) NOT NULL
);
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE INDEX events_by_tenant ON events (tenant_id, created_at);
