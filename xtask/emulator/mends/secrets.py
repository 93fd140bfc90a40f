"""The secrets that RDS manages."""

from moto.secretsmanager.models import SecretsManagerBackend

from emulator.mends.replaces import replaces


# A secret that RDS manages rotates without a function of its own, which moto wants before it cancels a rotation.
@replaces(SecretsManagerBackend, "cancel_rotate_secret")
def cancel_rotation(cancel, backend, secret_id):
    secret = backend.secrets[secret_id]
    if secret.owning_service is None:
        return cancel(backend, secret_id)
    secret.rotation_enabled = False
    return secret.to_short_dict()
