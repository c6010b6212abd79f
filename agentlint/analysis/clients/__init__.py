"""Reading client code: what values its expressions take, as far as URLs and methods of requests need it."""
