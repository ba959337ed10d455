//! What a draw reads, taken from files one by one.

use super::{BLUEPRINT_FILE, ENTROPY_FILE, INDEX_PREFIX, MANIFEST_FILE, SEATING_FILE, SECRET_PREFIX, fault_at};
use crate::bank::Index;
use crate::blueprint::Blueprint;
use crate::draw::entropy::Outcome;
use crate::draw::{DrawInput, Manifest, Seating, Secret};
use crate::fault::Fault;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::id::{BatchId, CustodianId};
use kaoping_record::message::Signed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a draw reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// The manifest.
    pub manifest: ManifestDocument,
    /// The banks' public indexes.
    pub indexes: Vec<Index>,
    /// The blueprint.
    pub blueprint: Blueprint,
    /// The seating.
    pub seating: Seating,
    /// The custodians' opened secrets.
    pub secrets: Vec<Secret>,
    /// The outcome of the public entropy.
    pub outcome: Option<Outcome>,
}

/// A manifest, signed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ManifestDocument {
    /// With signatures, of which none is checked by reading it.
    Signed(Signed<Manifest>),
    /// The payload alone.
    Bare(Manifest),
}

/// A file's name and bytes.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The name, for messages.
    pub name: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// How strictly bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As people write: spaces and order are free.
    Authored,
    /// The one form of a record, so that no byte of a published file can change unseen.
    Canonical,
}

impl ManifestDocument {
    /// What is signed.
    #[must_use]
    pub const fn payload(&self) -> &Manifest {
        match self {
            Self::Signed(message) => &message.payload,
            Self::Bare(manifest) => manifest,
        }
    }
}

impl File<'_> {
    /// Reads a manifest.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn manifest(self, form: Form) -> Result<ManifestDocument, Box<Fault>> {
        let value: serde_json::Value = self.read(form)?;
        // An untagged enum would not say what is wrong.
        let kind = value.get("payload").is_some();
        let read = if kind {
            canonical::from_value(&value).map(ManifestDocument::Signed)
        } else {
            canonical::from_value(&value).map(ManifestDocument::Bare)
        };
        let document = read.map_err(|error| self.unreadable(&error))?;
        if let ManifestDocument::Signed(message) = &document {
            use kaoping_record::message::Message as _;
            if message.kind != Manifest::KIND || message.v != Manifest::VERSION {
                let text = format!("kind `{}` version {}", message.kind, message.v);
                return Err(self.unreadable(&CanonicalError::Json(text)));
            }
        }
        Ok(document)
    }

    /// Reads an opened secret: what a custodian's page saves, or its two members `custodian` and `secret`.
    ///
    /// # Errors
    /// `file_unreadable`; `secret_of_other_draw` when it names another batch or attempt.
    pub fn secret(self, manifest: &Manifest) -> Result<Secret, Box<Fault>> {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Saved {
            batch: Option<BatchId>,
            attempt: Option<u32>,
            custodian: CustodianId,
            secret: Bytes32,
        }
        let Saved { batch, attempt, custodian, secret } = self.read(Form::Authored)?;
        let other = batch.is_some_and(|batch| batch != manifest.batch)
            || attempt.is_some_and(|attempt| attempt != manifest.attempt);
        if other {
            return Err(fault_at(
                "secret_of_other_draw",
                self.name,
                "",
                [
                    "这是另一批次或另一次抽题的密钥".to_owned(),
                    "this secret belongs to another batch or attempt".to_owned(),
                ],
                ["使用这一批次、这一次抽题的密钥文件", "take the secret of this batch and attempt"],
            ));
        }
        Ok(Secret { custodian, secret })
    }

    /// Reads any other document of a draw.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn read<T: Serialize + DeserializeOwned>(self, form: Form) -> Result<T, Box<Fault>> {
        let read = match form {
            Form::Authored => canonical::from_authored(self.bytes),
            Form::Canonical => canonical::from_bytes(self.bytes),
        };
        read.map_err(|error| self.unreadable(&error))
    }

    fn unreadable(self, error: &CanonicalError) -> Box<Fault> {
        fault_at(
            "file_unreadable",
            self.name,
            "",
            [format!("文件读不懂或被改动：{error}"), format!("the file cannot be read or was altered: {error}")],
            ["重新取得这一文件", "get the file again"],
        )
    }
}

impl Documents {
    /// The public entropy's bytes; `None` when the manifest names none and none is given.
    ///
    /// # Errors
    /// A fault with a code that begins with `entropy_`.
    pub fn entropy(&self) -> Result<Option<Vec<u8>>, Box<Fault>> {
        match (&self.manifest.payload().public_entropy, &self.outcome) {
            (Some(named), Some(outcome)) => outcome.bytes_for(named).map(Some),
            // The draw refuses what is named and not given.
            (Some(_) | None, None) => Ok(None),
            (None, Some(_)) => Err(fault_at(
                "entropy_unnamed",
                ENTROPY_FILE,
                "",
                [
                    "清单没有写明公开随机数，却给出了结果".to_owned(),
                    "an outcome is given, but the manifest names no public entropy".to_owned(),
                ],
                ["去掉这一文件", "leave the file out"],
            )),
        }
    }

    /// Custodians of the manifest of whom no secret is given.
    #[must_use]
    pub fn absent(&self) -> Vec<&CustodianId> {
        let given = |custodian: &CustodianId| self.secrets.iter().any(|secret| secret.custodian == *custodian);
        let custodians = self.manifest.payload().custodians.iter().map(|entry| &entry.custodian);
        custodians.filter(|custodian| !given(custodian)).collect()
    }

    /// The draw's input, with the bytes of [`Documents::entropy`].
    #[must_use]
    pub fn input<'a>(&'a self, entropy: Option<&'a [u8]>) -> DrawInput<'a> {
        DrawInput {
            manifest: self.manifest.payload(),
            indexes: &self.indexes,
            blueprint: &self.blueprint,
            seating: &self.seating,
            secrets: &self.secrets,
            public_entropy: entropy,
        }
    }

    /// All documents as files: names, and canonical bytes.
    ///
    /// # Errors
    /// [`CanonicalError`] when one lies outside the canonical profile.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, CanonicalError> {
        let mut files = vec![
            (MANIFEST_FILE.to_owned(), canonical::to_bytes(&self.manifest)?),
            (BLUEPRINT_FILE.to_owned(), canonical::to_bytes(&self.blueprint)?),
            (SEATING_FILE.to_owned(), canonical::to_bytes(&self.seating)?),
        ];
        for index in &self.indexes {
            files.push((format!("{INDEX_PREFIX}{}.json", index.bank), canonical::to_bytes(index)?));
        }
        for secret in &self.secrets {
            files.push((format!("{SECRET_PREFIX}{}.json", secret.custodian), canonical::to_bytes(secret)?));
        }
        if let Some(outcome) = &self.outcome {
            files.push((ENTROPY_FILE.to_owned(), canonical::to_bytes(outcome)?));
        }
        Ok(files)
    }
}
