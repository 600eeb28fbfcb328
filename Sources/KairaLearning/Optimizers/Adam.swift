import KairaTensor

/// Adam (Kingma and Ba 2015); a decay of weights, if any, is part of the gradient.
public typealias Adam<Scalar: TensorReal> = AdaptiveMoments<Scalar, CoupledDecay>

/// Adam with weight decay apart from the gradient: p -= rate * decay * p before Adam's step (Loshchilov and Hutter 2019).
public typealias AdamW<Scalar: TensorReal> = AdaptiveMoments<Scalar, DecoupledDecay>
