# None: clients know an endpoint by the host that it answers for.
