//! The training kernel of softmax-simd: flatten → linear → softmax cross-entropy → minibatch SGD.
//!
//! B is the batch size, D the features of one sample, C the classes. Inputs are X `[B, D]`, parameters W `[C, D]` and
//! b `[C]`; logits Z = X Wᵀ + b, probabilities P = softmax(Z), loss −Σ Y log P.
//!
//! Everything but `wasm` is plain Rust, and computes the same bits natively and in WebAssembly.

// An index that runs over several arrays alike says so best as an index.
#![allow(clippy::needless_range_loop)]

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!("build inside crate/, whose .cargo/config.toml turns SIMD128 on");

extern crate alloc;

pub mod checked;
pub mod linear;
pub mod math;
pub mod memory;
pub mod model;
#[cfg(test)]
mod oracle;
pub mod quads;
pub mod random;
pub mod samples;
pub mod scaling;
pub mod schedule;
pub mod sgd;
pub mod simd;
pub mod softmax;
pub mod split;
#[cfg(target_arch = "wasm32")]
mod wasm;
