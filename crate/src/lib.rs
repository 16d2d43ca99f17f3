//! The training kernel of softmax-simd: flatten → linear → softmax cross-entropy → minibatch SGD.
//!
//! B is the batch size, D the features of one sample, C the classes. Inputs are X `[B, D]`, parameters W `[C, D]` and
//! b `[C]`; logits Z = X Wᵀ + b, probabilities P = softmax(Z), loss −Σ Y log P.
//!
//! Everything but `wasm` is plain Rust, and computes the same bits natively and in WebAssembly.

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!("build inside crate/, whose .cargo/config.toml turns SIMD128 on");

pub mod data;
pub mod linear;
pub mod memory;
pub mod model;
pub mod numerics;
pub mod optimizer;
pub mod quads;
pub mod simd;
pub mod softmax;
#[cfg(target_arch = "wasm32")]
mod wasm;
