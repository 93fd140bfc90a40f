# None: units refer to the subnet group by name, and to the role by the ARN that follows from its name.
