import CKairaKernels

extension Tensor where Scalar: TensorReal {
    /// Correlation of pictures `[batch, channels, height, width]` with weights `[out, channels / groups, kh, kw]`.
    ///
    /// - Parameters:
    ///   - weights: the window's sizes have to be those of `window`.
    ///   - bias: one value an output channel.
    ///   - window: stride, padding, dilation.
    ///   - groups: channels are convolved in this many separate groups.
    ///   - relu: whether negative results become 0.
    /// - Returns: `[batch, out, height, width]`.
    public func conv2d(
        _ weights: Tensor, bias: Tensor? = nil, window: WindowShape, groups: Int = 1, relu: Bool = false
    ) -> Tensor {
        let sizes = Self.checkedWindow(shape, weights.shape, bias?.shape, window, groups)
        let x = contiguous(), w = weights.contiguous(), b = bias?.contiguous()
        let y = Tensor(unset: [shape[0], weights.shape[0], Int(sizes.out_height), Int(sizes.out_width)])
        var s = sizes
        unsafe kaira_convolve(
            Scalar.kernelType, &s, x.base, w.base, b.map { unsafe UnsafeRawPointer($0.base) }, relu ? 1 : 0, y.base)
        return withExtendedLifetime(b) { y }
    }

    private static func checkedWindow(
        _ picture: [Int], _ weights: [Int], _ bias: [Int]?, _ window: WindowShape, _ groups: Int
    ) -> kaira_window {
        require(
            picture.count == 4 && weights.count == 4 && groups > 0 && picture[1] % groups == 0
                && weights[0] % groups == 0 && weights[1] == picture[1] / groups && weights[2] == window.kernelHeight
                && weights[3] == window.kernelWidth,
            "conv2d: pictures of shape \(picture) and weights of shape \(weights) in \(groups) groups do not go together"
        )
        if let bias {
            require(bias == [weights[0]], "conv2d: bias of shape \(bias) for weights of shape \(weights)")
        }
        return window.sizes(picture, outputs: weights[0], groups: groups)
    }

    /// The gradient of conv2d for pictures of the given shape; also what a transposed convolution does.
    package static func conv2dInputSlope(
        _ weights: Tensor, _ dy: Tensor, picture: [Int], window: WindowShape, groups: Int
    ) -> Tensor {
        var s = checkedWindow(picture, weights.shape, nil, window, groups)
        require(
            dy.shape == [picture[0], weights.shape[0], Int(s.out_height), Int(s.out_width)],
            "conv2d: a gradient of shape \(dy.shape) for pictures of shape \(picture)")
        let w = weights.contiguous(), d = dy.contiguous(), dx = Tensor(unset: picture)
        unsafe kaira_convolve_input_slope(Scalar.kernelType, &s, w.base, d.base, dx.base)
        return dx
    }

    /// The gradient of conv2d for its weights.
    package static func conv2dWeightSlope(
        _ pictures: Tensor, _ dy: Tensor, weights: [Int], window: WindowShape, groups: Int
    ) -> Tensor {
        var s = checkedWindow(pictures.shape, weights, nil, window, groups)
        let x = pictures.contiguous(), d = dy.contiguous(), dw = Tensor(unset: weights)
        unsafe kaira_convolve_weight_slope(Scalar.kernelType, &s, x.base, d.base, dw.base)
        return dw
    }

    /// Transposed convolution of `[batch, in, height, width]` with weights `[in, out / groups, kh, kw]`.
    ///
    /// - Parameters:
    ///   - weights: the window's sizes have to be those of `window`.
    ///   - bias: one value an output channel.
    ///   - window: stride, padding and dilation of the convolution that this transposes.
    ///   - outputPadding: rows and columns added at the bottom and the right, to choose among the sizes that a strided
    ///     convolution maps to one.
    ///   - groups: channels are treated in this many separate groups.
    /// - Returns: `[batch, out, height, width]`.
    public func convTranspose2d(
        _ weights: Tensor, bias: Tensor? = nil, window: WindowShape, outputPadding: (Int, Int) = (0, 0), groups: Int = 1
    ) -> Tensor {
        let picture = window.transposedPicture(
            shape, weights: weights.shape, outputPadding: outputPadding, groups: groups)
        let y = Self.conv2dInputSlope(weights, self, picture: picture, window: window, groups: groups)
        guard let bias else { return y }
        return y + bias.reshaped([1, bias.count, 1, 1])
    }

    /// The largest value of each window; padding never wins.
    public func maxPool2d(_ window: WindowShape) -> Tensor { maxPool2dPlaces(window).y }

    /// The same, with the place of each maximum in its plane.
    package func maxPool2dPlaces(_ window: WindowShape) -> (y: Tensor, places: Tensor<Int32>) {
        require(
            2 * window.padY <= window.kernelHeight && 2 * window.padX <= window.kernelWidth
                && window.dilationX == 1 && window.dilationY == 1,
            "pooling pads at most half its window, undilated")
        var s = window.sizes(shape, outputs: rank > 1 ? shape[1] : 0)
        let x = contiguous(), out = [shape[0], shape[1], Int(s.out_height), Int(s.out_width)]
        let y = Tensor(unset: out), places = Tensor<Int32>(unset: out)
        unsafe kaira_max_pool(Scalar.kernelType, &s, x.base, y.base, places.base)
        return (y, places)
    }

    package static func maxPool2dSlope(
        _ places: Tensor<Int32>, _ dy: Tensor, picture: [Int], window: WindowShape
    ) -> Tensor {
        var s = window.sizes(picture, outputs: picture[1])
        let d = dy.contiguous(), dx = Tensor(unset: picture)
        unsafe kaira_max_pool_slope(Scalar.kernelType, &s, places.base, d.base, dx.base)
        return dx
    }

    /// The values at the places of another tensor's maxima.
    package func maxPool2dPick(_ places: Tensor<Int32>, window: WindowShape) -> Tensor {
        var s = window.sizes(shape, outputs: shape[1])
        let x = contiguous(), y = Tensor(unset: places.shape)
        unsafe kaira_max_pool_pick(Scalar.kernelType, &s, places.base, x.base, y.base)
        return y
    }

    /// The mean of each window; padding counts as zeros.
    public func averagePool2d(_ window: WindowShape) -> Tensor {
        require(window.dilationX == 1 && window.dilationY == 1, "pooling is undilated")
        var s = window.sizes(shape, outputs: rank > 1 ? shape[1] : 0)
        let x = contiguous(), y = Tensor(unset: [shape[0], shape[1], Int(s.out_height), Int(s.out_width)])
        unsafe kaira_average_pool(Scalar.kernelType, &s, x.base, y.base)
        return y
    }

    package static func averagePool2dSlope(_ dy: Tensor, picture: [Int], window: WindowShape) -> Tensor {
        var s = window.sizes(picture, outputs: picture[1])
        let d = dy.contiguous(), dx = Tensor(unset: picture)
        unsafe kaira_average_pool_slope(Scalar.kernelType, &s, d.base, dx.base)
        return dx
    }
}
