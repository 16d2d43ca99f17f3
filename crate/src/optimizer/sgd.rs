//! Stochastic gradient descent as torch.optim.SGD defines it:
//! g ← dθ + weight decay · θ, v ← momentum · v + g, θ ← θ − learning rate · v, or with Nesterov's momentum
//! θ ← θ − learning rate · (g + momentum · v). v is the momentum buffer.

use crate::simd::{F32x4, map};

/// How parameters follow their gradient.
#[derive(Clone, Copy, Default)]
pub struct Sgd {
    pub momentum: f32,
    pub nesterov: bool,
    pub weight_decay: f32,
    /// Whether biases decay as well.
    pub decay_bias: bool,
}

impl Sgd {
    /// One step on parameters, whose `gradient` is that of a sum of weighted losses; `total` is the sum of the weights.
    /// All arrays are as long as `parameters`, but for `momentum_buffer`, which is not looked at without momentum.
    pub fn step(
        &self,
        parameters: &mut [f32],
        momentum_buffer: &mut [f32],
        gradient: &[f32],
        total: f32,
        learning_rate: f32,
        weight_decay: f32,
    ) {
        let [rate, decay, momentum] = [learning_rate, weight_decay, self.momentum].map(F32x4::splat);
        if self.momentum == 0.0 && weight_decay == 0.0 {
            let factor = F32x4::splat(learning_rate / total);
            map(parameters, [gradient], |parameter, [gradient]| parameter - factor * gradient);
            return;
        }
        let factor = F32x4::splat(1.0 / total);
        let decayed = |parameter, gradient| factor * gradient + decay * parameter;
        if self.momentum == 0.0 {
            map(parameters, [gradient], |parameter, [gradient]| parameter - rate * decayed(parameter, gradient));
            return;
        }
        map(momentum_buffer, [gradient, parameters], |buffer, [gradient, parameter]| {
            momentum * buffer + decayed(parameter, gradient)
        });
        map(parameters, [gradient, momentum_buffer], |parameter, [gradient, buffer]| {
            let direction = if self.nesterov { decayed(parameter, gradient) + momentum * buffer } else { buffer };
            parameter - rate * direction
        });
    }
}
