//! Compact JSON Web Signatures (RFC 7515) with ES256, the form of credentials (`vc+jwt`).

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::key::{Algorithm, KeyError, KeyId, PublicKey, Signer, Verifier};
use crate::message::{Proof, SignatureError};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The longest compact form that is read, in bytes.
pub const MAX_JWS_BYTES: usize = 256 * 1024;

/// The protected header: exactly these members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always ES256.
    pub alg: Algorithm,
    /// Media type of the payload: `vc` (VC-JOSE-COSE, section 3.1.1).
    pub cty: String,
    /// The signing key's name.
    pub kid: KeyId,
    /// Media type of the whole: `vc+jwt`.
    pub typ: String,
}

/// A credential whose form was read but whose signature was not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    header: Header,
    payload: Vec<u8>,
    signing_input: String,
    signature: Vec<u8>,
}

/// Why text is not a credential that holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url within the bound.
    #[error("not a compact JWS")]
    Form,
    /// The header is not canonical, or has unknown members or an unknown algorithm.
    #[error("header is not accepted: {0}")]
    Header(CanonicalError),
    /// A credential's own signature is ES256 alone.
    #[error("header names the algorithm {}, not ES256", .0.name())]
    Algorithm(Algorithm),
    /// The header's types are not those of a credential.
    #[error("header says `{0}`, not `vc+jwt`")]
    Type(String),
    /// The payload is not canonical.
    #[error("payload is not valid: {0}")]
    Payload(CanonicalError),
    /// Signed with another key than the one given.
    #[error("signed by key {0}, which is not the key given")]
    OtherKey(KeyId),
    /// The key or signature does not hold.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A further signature beside the credential is not valid.
    #[error(transparent)]
    Beside(#[from] SignatureError),
}

/// Signs a payload as a credential.
///
/// # Errors
/// [`JwsError`] when the payload lies outside the canonical profile or the signer is not for ES256.
pub fn sign(payload: &impl Serialize, signer: &dyn Signer) -> Result<String, JwsError> {
    if signer.public_key().algorithm() != Algorithm::Es256 {
        return Err(KeyError::Key("ES256").into());
    }
    let header =
        Header { alg: Algorithm::Es256, cty: "vc".into(), kid: signer.public_key().id(), typ: "vc+jwt".into() };
    let header = canonical::to_bytes(&header).map_err(JwsError::Header)?;
    let payload = canonical::to_bytes(payload).map_err(JwsError::Payload)?;
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.sign(input.as_bytes())?;
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// A further signature over what a credential's own signature covers: the header, a dot and the
/// payload, exactly as in the compact form (the JWS signing input of RFC 7515, section 5.1). It is
/// stored beside the credential.
///
/// # Errors
/// [`JwsError`] when the text is no credential or the signer fails.
pub fn sign_beside(compact: &str, signer: &dyn Signer) -> Result<Proof, JwsError> {
    let credential = Unverified::parse(compact)?;
    Ok(Proof::over(credential.signing_input.as_bytes(), signer)?)
}

impl Unverified {
    /// Reads the compact form without judging its signature.
    ///
    /// # Errors
    /// [`JwsError`] naming the part that is not accepted.
    pub fn parse(compact: &str) -> Result<Self, JwsError> {
        if compact.len() > MAX_JWS_BYTES {
            return Err(JwsError::Form);
        }
        let (input, signature) = compact.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, payload) = input.split_once('.').ok_or(JwsError::Form)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form);
        let header: Header = canonical::from_bytes(&decode(header)?).map_err(JwsError::Header)?;
        if header.alg != Algorithm::Es256 {
            return Err(JwsError::Algorithm(header.alg));
        }
        if header.typ != "vc+jwt" || header.cty != "vc" {
            return Err(JwsError::Type(header.typ));
        }
        Ok(Self { header, payload: decode(payload)?, signing_input: input.to_owned(), signature: decode(signature)? })
    }

    /// The signing key's name, as the header claims it.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.header.kid
    }

    /// The record's identity: the digest of the payload's bytes.
    #[must_use]
    pub fn identity(&self) -> Digest {
        Digest::of(&self.payload)
    }

    /// The payload, once `key` is found to have signed it.
    ///
    /// # Errors
    /// [`JwsError`] when the key is another, the signature does not hold or the payload does not
    /// fit `T`.
    pub fn verify<T: Serialize + DeserializeOwned>(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
    ) -> Result<T, JwsError> {
        if key.id() != self.header.kid {
            return Err(JwsError::OtherKey(self.header.kid.clone()));
        }
        verifier.verify(key, self.signing_input.as_bytes(), &self.signature)?;
        canonical::from_bytes(&self.payload).map_err(JwsError::Payload)
    }

    /// Checks a further signature by `key`, as [`sign_beside`] makes it. It says nothing about the
    /// credential's own.
    ///
    /// # Errors
    /// [`JwsError::Beside`] naming what does not fit.
    pub fn verify_beside(&self, proof: &Proof, verifier: &dyn Verifier, key: &PublicKey) -> Result<(), JwsError> {
        Ok(proof.verify(self.signing_input.as_bytes(), verifier, key)?)
    }

    /// The payload before any check, to show who claims to have issued it.
    ///
    /// # Errors
    /// [`JwsError::Payload`] when it is not canonical or does not fit `T`.
    pub fn claimed<T: Serialize + DeserializeOwned>(&self) -> Result<T, JwsError> {
        canonical::from_bytes(&self.payload).map_err(JwsError::Payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::{Es256Signer, SoftwareVerifier};
    use serde_json::{Value, json};

    #[test]
    fn holds_and_breaks() {
        let signer = Es256Signer::from_scalar(&[3; 32]).expect("a key");
        let compact = sign(&json!({"a": 1}), &signer).expect("signed");
        let parsed = Unverified::parse(&compact).expect("a JWS");
        let payload: Value = parsed.verify(&SoftwareVerifier, signer.public_key()).expect("holds");
        assert_eq!(payload, json!({"a": 1}));

        let other = Es256Signer::from_scalar(&[4; 32]).expect("a key");
        assert!(matches!(parsed.verify::<Value>(&SoftwareVerifier, other.public_key()), Err(JwsError::OtherKey(_))));

        let forged = URL_SAFE_NO_PAD.encode(br#"{"a":2}"#);
        let parts: Vec<&str> = compact.split('.').collect();
        let forged = [parts[0], &forged, parts[2]].join(".");
        assert_eq!(
            Unverified::parse(&forged).expect("a JWS").verify::<Value>(&SoftwareVerifier, signer.public_key()),
            Err(JwsError::Key(KeyError::Signature))
        );
    }

    #[cfg(feature = "sm2")]
    #[test]
    fn an_sm2_signature_stands_beside() {
        use crate::key::Verifier as _;
        let compact = sign(&json!({"a": 1}), &Es256Signer::from_scalar(&[3; 32]).expect("a key")).expect("signed");
        let signer = crate::sm2::Sm2Signer::from_scalar(&[4; 32]).expect("a key");
        let proof = sign_beside(&compact, &signer).expect("signed");
        assert_eq!(proof.alg, Algorithm::Sm2Sm3);
        let parsed = Unverified::parse(&compact).expect("a JWS");
        assert_eq!(parsed.verify_beside(&proof, &SoftwareVerifier, signer.public_key()), Ok(()));

        // Over exactly these bytes, and no others.
        let input = compact.rsplit_once('.').expect("three parts").0;
        let signature = URL_SAFE_NO_PAD.decode(&proof.value).expect("base64url");
        assert_eq!(SoftwareVerifier.verify(signer.public_key(), input.as_bytes(), &signature), Ok(()));
        let other = sign(&json!({"a": 2}), &Es256Signer::from_scalar(&[3; 32]).expect("a key")).expect("signed");
        assert_eq!(
            Unverified::parse(&other).expect("a JWS").verify_beside(&proof, &SoftwareVerifier, signer.public_key()),
            Err(JwsError::Beside(SignatureError::Key(KeyError::Signature)))
        );
    }

    #[test]
    fn an_sm2_key_cannot_sign_in_place_of_es256() {
        let header =
            r#"{"alg":"SM2-SM3","cty":"vc","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"vc+jwt"}"#;
        let compact = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(Unverified::parse(&compact), Err(JwsError::Algorithm(Algorithm::Sm2Sm3)));
    }

    #[test]
    fn other_algorithms_are_refused() {
        for header in [
            r#"{"alg":"none","cty":"vc","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"vc+jwt"}"#,
            r#"{"alg":"ES256","crit":["x"],"cty":"vc","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"vc+jwt"}"#,
        ] {
            let compact = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
            assert!(matches!(Unverified::parse(&compact), Err(JwsError::Header(_))), "{header}");
        }
        let header = r#"{"alg":"ES256","cty":"vc","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"JWT"}"#;
        let compact = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(Unverified::parse(&compact), Err(JwsError::Type("JWT".into())));
    }
}
