# None: a role that trusts a provider derives its ARN from the account and the issuer.
