"""Runs the handler of one emulated function, as its role, in the emulated network: with the names of proxies and of the
databases that let it in, and no other ones."""

import importlib
import json
import os
import pathlib
import socket
import sys

import boto3

order = json.load(sys.stdin)

# A session of its own: the default one would keep the credentials that it was made with.
sts = boto3.Session(region_name=os.environ["AWS_REGION"]).client("sts")
credentials = sts.assume_role(RoleArn=order["role"], RoleSessionName="function")["Credentials"]
os.environ["AWS_ACCESS_KEY_ID"] = credentials["AccessKeyId"]
os.environ["AWS_SECRET_ACCESS_KEY"] = credentials["SecretAccessKey"]
os.environ["AWS_SESSION_TOKEN"] = credentials["SessionToken"]

look_up = socket.getaddrinfo


def getaddrinfo(host, port, *rest, **more):
    if host == "127.0.0.1":
        return look_up(host, port, *rest, **more)
    database = order["databases"].get(host)
    if database:
        if port != database["port"]:
            raise ConnectionRefusedError(f"the emulated database listens on {database['port']}")
        return look_up("127.0.0.1", database["to"], *rest, **more)
    if host not in order["hosts"]:
        raise socket.gaierror(socket.EAI_NONAME, "the emulated network has no such name")
    return [
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port or 0))
        for address in order["hosts"][host]
    ]


socket.getaddrinfo = getaddrinfo
sys.path.insert(0, order["code"])
module, name = order["handler"].rsplit(".", 1)
try:
    reply = {"failed": False, "result": getattr(importlib.import_module(module), name)(order["event"], None)}
except Exception as error:
    reply = {"failed": True, "result": {"errorMessage": str(error), "errorType": type(error).__name__}}
pathlib.Path(order["answer"]).write_text(json.dumps(reply))
