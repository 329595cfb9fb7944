"""A service that reads from Ward: SMART Backend Services with DPoP.

    pip install authlib requests
    REQUESTS_CA_BUNDLE=ca.pem python service.py BASE CLIENT_ID KEY_FILE

Authlib authenticates the service by its registered key (RFC 7523). Ward gives no bearer tokens:
each is bound to a key of this process, which proves it with every request (RFC 9449).
"""

import hashlib
import json
import secrets
import sys
import time
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey


class ShortAssertion(PrivateKeyJWT):
    """Ward takes an assertion for five minutes at most; Authlib makes them for an hour."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 240}
        return super().sign(auth, token_endpoint)


class Dpop(requests.auth.AuthBase):
    """Proves a key with each request, and sends the token that is bound to it."""

    def __init__(self):
        self.key = ECKey.generate_key("P-256", private=True)
        self.token = None

    def proof(self, method, url):
        parts = urlsplit(url)
        claims = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "iat": int(time.time()),
        }
        if self.token:
            digest = hashlib.sha256(self.token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        jwk = self.key.as_dict(private=False)
        public = {name: jwk[name] for name in ("kty", "crv", "x", "y")}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public}
        return jwt.encode(header, claims, self.key)

    def __call__(self, request):
        request.headers["Authorization"] = f"DPoP {self.token}"
        request.headers["DPoP"] = self.proof(request.method, request.url)
        return request


def connect(base, client_id, key_file, scope):
    """A session that may do what the scope says, for five minutes."""
    with open(key_file, encoding="utf-8") as file:
        jwk = json.load(file)
    told = requests.get(f"{base}/.well-known/smart-configuration", timeout=30).json()
    endpoint = told["token_endpoint"]
    client = OAuth2Session(client_id, ECKey.import_key(jwk), token_endpoint_auth_method="private_key_jwt")
    headers = {"kid": jwk["kid"], "typ": "JWT"}
    client.register_client_auth_method(ShortAssertion(endpoint, headers=headers, alg=jwk["alg"]))
    dpop = Dpop()
    proof = {"DPoP": dpop.proof("POST", endpoint)}
    token = client.fetch_token(endpoint, grant_type="client_credentials", scope=scope, headers=proof)
    dpop.token = token["access_token"]
    session = requests.Session()
    session.auth = dpop
    session.headers["Accept"] = "application/fhir+json"
    return session


def main(base, client_id, key_file):
    session = connect(base, client_id, key_file, "system/Patient.rs")
    answer = session.get(f"{base}/Patient", params={"_count": 5}, timeout=30)
    answer.raise_for_status()
    found = [entry["resource"]["id"] for entry in answer.json().get("entry", [])]
    # The same token without the key's proof is worth nothing.
    bearer = {"Authorization": f"Bearer {session.auth.token}"}
    stolen = requests.get(f"{base}/Patient", headers=bearer, timeout=30)
    # What was not asked for is not given, whatever is registered.
    beyond = session.get(f"{base}/Observation", timeout=30)
    told = {"found": len(found), "bearer": stolen.status_code, "beyond": beyond.status_code}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
