"""From the web, a saved page or a copied thread to `core.forum`."""
