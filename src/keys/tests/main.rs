//! Signatures against Project Wycheproof's cases, and a key in a device.

#[cfg(feature = "pkcs11")]
mod pkcs11;
mod wycheproof;
