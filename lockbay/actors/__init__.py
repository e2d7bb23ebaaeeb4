"""Who lives in the service: routers, actors, their conversations, contexts and screens."""
