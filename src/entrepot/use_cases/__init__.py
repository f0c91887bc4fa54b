"""What Entrepot does, once for all faces: settings become adapters, and these carry out what was asked."""
