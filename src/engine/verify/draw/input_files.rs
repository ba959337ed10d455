//! What a draw reads, taken from files one by one.

use super::refusal::Refusal;
use super::{
    BASIS_FILE, BLUEPRINT_FILE, ENTROPY_FILE, INDEX_PREFIX, MANIFEST_FILE, SEATING_FILE, SECRET_PREFIX, fault_at,
};
use crate::bank::Index;
use crate::blueprint::Blueprint;
use crate::draw::entropy::EntropyOutcome;
use crate::draw::{Basis, DrawInput, Manifest, Seating, Secret, deal};
use crate::fault::Fault;
use crate::verify::file::secret_file::{SecretFile, SecretFileError};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::id::CustodianId;
use kaoping_record::message::{Message, Signed};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a draw reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// The basis, signed or bare.
    pub basis: MaybeSigned<Basis>,
    /// The manifest, signed or bare.
    pub manifest: MaybeSigned<Manifest>,
    /// The banks' public indexes.
    pub indexes: Vec<Index>,
    /// The blueprint that the basis names.
    pub blueprint: Blueprint,
    /// All papers in dealing order.
    pub seating: Seating,
    /// The custodians' opened secrets.
    pub secrets: Vec<Secret>,
    /// The outcome of the public entropy.
    pub outcome: Option<EntropyOutcome>,
}

/// A document that may be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MaybeSigned<T> {
    /// With signatures, of which none is checked by reading it.
    Signed(Signed<T>),
    /// The payload alone.
    Bare(T),
}

/// A file's name and bytes.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The name, for messages.
    pub name: &'a str,
    /// The file's content.
    pub bytes: &'a [u8],
}

/// How strictly bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As people write: spaces and order are free.
    Authored,
    /// The same for a document that names every paper of a batch.
    Large,
    /// The one form of a record, so that no byte of a published file can change unseen.
    Canonical,
}

impl<T> MaybeSigned<T> {
    /// What is signed.
    #[must_use]
    pub const fn payload(&self) -> &T {
        match self {
            Self::Signed(message) => &message.payload,
            Self::Bare(payload) => payload,
        }
    }
}

impl File<'_> {
    /// Reads a basis or a manifest.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn maybe_signed<T: Message>(self, form: Form) -> Result<MaybeSigned<T>, Box<Fault>> {
        let value: serde_json::Value = self.read(form)?;
        // An untagged enum would not say what is wrong.
        let read = if value.get("payload").is_some() {
            canonical::from_value(&value).map(MaybeSigned::Signed)
        } else {
            canonical::from_value(&value).map(MaybeSigned::Bare)
        };
        let document = read.map_err(|error| self.unreadable(&error))?;
        self.of_kind(&document)?;
        Ok(document)
    }

    /// Refuses a signed document that calls itself another kind, whatever its signature covers.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn of_kind<T: Message>(self, document: &MaybeSigned<T>) -> Result<(), Box<Fault>> {
        match document {
            MaybeSigned::Signed(message) if message.kind != T::KIND || message.v != T::VERSION => {
                let text = format!("kind `{}` version {}", message.kind, message.v);
                Err(self.unreadable(&CanonicalError::Json(text)))
            }
            _ => Ok(()),
        }
    }

    /// Reads an opened secret: what a custodian's page saves, or its two members `custodian` and
    /// `secret`. Whether it is of this draw is seen by its commitment.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn secret(self) -> Result<Secret, Box<Fault>> {
        let value: serde_json::Value = self.read(Form::Authored)?;
        let secret = match value.get("kind") {
            Some(_) => SecretFile::of(&value).map(|file| Secret { custodian: file.custodian, secret: file.secret }),
            None => canonical::from_value(&value).map_err(SecretFileError::from),
        };
        secret.map_err(|error| self.unreadable(&CanonicalError::Json(error.to_string())))
    }

    /// Reads any other document of a draw.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn read<T: Serialize + DeserializeOwned>(self, form: Form) -> Result<T, Box<Fault>> {
        let read = match form {
            Form::Authored => canonical::from_authored(self.bytes),
            Form::Canonical => canonical::from_bytes(self.bytes),
            Form::Large => canonical::from_large(self.bytes),
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
    /// The public entropy's bytes; `None` when none is given.
    ///
    /// # Errors
    /// `entropy` when the outcome is not the one named, unless the draw is refused for something
    /// that comes before.
    pub fn entropy(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let basis = self.basis.payload();
        let Some(outcome) = &self.outcome else { return Ok(None) };
        let bytes = match &basis.public_entropy {
            Some(named) => outcome.bytes_for(named, basis.profile),
            None => Err(fault_at(
                "entropy_unnamed",
                ENTROPY_FILE,
                "",
                [
                    "依据没有写明公开随机数，却给出了结果".to_owned(),
                    "an outcome is given, but the basis names no public entropy".to_owned(),
                ],
                ["去掉这一文件", "leave the file out"],
            )),
        };
        bytes.map(Some).map_err(|fault| {
            // Without its entropy this draw is refused before anything is dealt.
            let unfit = if basis.public_entropy.is_some() { None } else { Some([].as_slice()) };
            match deal(&self.input(unfit)) {
                Err(earlier) if earlier.code() != "entropy" => earlier.into(),
                _ => Refusal { code: "entropy", faults: vec![*fault] },
            }
        })
    }

    /// Custodians of the basis of whom no secret is given.
    #[must_use]
    pub fn absent(&self) -> Vec<&CustodianId> {
        let given = |custodian: &CustodianId| self.secrets.iter().any(|secret| secret.custodian == *custodian);
        let custodians = self.basis.payload().custodians.iter().map(|entry| &entry.custodian);
        custodians.filter(|custodian| !given(custodian)).collect()
    }

    /// The draw's input, with the bytes of [`Documents::entropy`].
    #[must_use]
    pub fn input<'a>(&'a self, entropy: Option<&'a [u8]>) -> DrawInput<'a> {
        DrawInput {
            basis: self.basis.payload(),
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
            (BASIS_FILE.to_owned(), canonical::to_bytes(&self.basis)?),
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
