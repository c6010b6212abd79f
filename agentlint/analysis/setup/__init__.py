"""Set-up code followed the way an import would run it: route tables, registries, routers and where they hang."""
