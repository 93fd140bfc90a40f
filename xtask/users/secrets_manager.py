"""Secrets Manager as far as a function of ours uses it, in memory: what it keeps can be looked at, and it can fail."""

import uuid

from botocore.exceptions import ClientError

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"


def error(code, operation):
    return ClientError({"Error": {"Code": code, "Message": f"{code} of the test"}}, operation)


class Secret:
    def __init__(self):
        self.values = {}
        self.stages = {}
        self.is_rotating = True

    def holder(self, stage):
        return next((version for version, stages in self.stages.items() if stage in stages), None)

    def move(self, stage, version):
        """A stage is at one version only, and AWSCURRENT leaves AWSPREVIOUS behind."""
        before = self.holder(stage)
        if before == version:
            return
        if before:
            self.stages[before].discard(stage)
        self.stages.setdefault(version, set()).add(stage)
        if stage == CURRENT and before:
            self.move(PREVIOUS, before)


class SecretsManager:
    def __init__(self):
        self.secrets = {}
        self.calls = []
        # Called with each operation before it is done, and after.
        self.before = self.after = lambda operation: None

    def create(self, arn, text=None):
        self.secrets[arn] = Secret()
        if text is not None:
            self.put(arn, text)

    def put(self, arn, text, stage=CURRENT):
        version = str(uuid.uuid4())
        self.secrets[arn].values[version] = text
        self.secrets[arn].move(stage, version)
        return version

    def value(self, arn, stage=CURRENT):
        secret = self.secrets[arn]
        return secret.values.get(secret.holder(stage))

    def begin_rotation(self, arn):
        """What Secrets Manager does before it calls the function."""
        version = str(uuid.uuid4())
        self.secrets[arn].move(PENDING, version)
        return version

    def _call(self, operation, arn):
        self.calls.append(operation)
        self.before(operation)
        if arn not in self.secrets:
            raise error("ResourceNotFoundException", operation)
        return self.secrets[arn]

    def get_secret_value(self, SecretId, VersionStage, VersionId=None):
        secret = self._call("GetSecretValue", SecretId)
        version = secret.holder(VersionStage)
        if VersionId not in (None, version) or version not in secret.values:
            raise error("ResourceNotFoundException", "GetSecretValue")
        self.after("GetSecretValue")
        return {"SecretString": secret.values[version]}

    def put_secret_value(self, SecretId, SecretString, VersionStages, ClientRequestToken):
        secret = self._call("PutSecretValue", SecretId)
        if secret.values.get(ClientRequestToken, SecretString) != SecretString:
            raise error("ResourceExistsException", "PutSecretValue")
        secret.values[ClientRequestToken] = SecretString
        for stage in VersionStages:
            secret.move(stage, ClientRequestToken)
        self.after("PutSecretValue")
        return {}

    def describe_secret(self, SecretId):
        secret = self._call("DescribeSecret", SecretId)
        stages = {version: sorted(stages) for version, stages in secret.stages.items() if stages}
        return {"VersionIdsToStages": stages, "RotationEnabled": secret.is_rotating}

    def update_secret_version_stage(self, SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId):
        secret = self._call("UpdateSecretVersionStage", SecretId)
        if secret.holder(VersionStage) != RemoveFromVersionId:
            raise error("InvalidParameterException", "UpdateSecretVersionStage")
        secret.move(VersionStage, MoveToVersionId)
        self.after("UpdateSecretVersionStage")
        return {}
