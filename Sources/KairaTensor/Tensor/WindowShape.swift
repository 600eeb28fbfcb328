import CKairaKernels

/// How a window moves over a picture: kernel, stride, padding and dilation, each as rows and columns.
public struct WindowShape: Sendable, Hashable, Codable {
    /// Rows of the window.
    public var kernelHeight: Int
    /// Columns of the window.
    public var kernelWidth: Int
    /// Rows from one place to the next.
    public var strideY: Int
    /// Columns from one place to the next.
    public var strideX: Int
    /// Rows of zeros above and below.
    public var padY: Int
    /// Columns of zeros left and right.
    public var padX: Int
    /// Rows from one row of the window to the next.
    public var dilationY: Int
    /// Columns from one column of the window to the next.
    public var dilationX: Int

    /// A square window that moves alike in both directions.
    public init(kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
        self.init(
            kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
            dilation: (dilation, dilation))
    }

    /// A window by (rows, columns).
    public init(
        kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1)
    ) {
        require(
            kernel.0 > 0 && kernel.1 > 0 && stride.0 > 0 && stride.1 > 0 && padding.0 >= 0 && padding.1 >= 0
                && dilation.0 > 0 && dilation.1 > 0,
            "a window of \(kernel) with stride \(stride), padding \(padding), dilation \(dilation)")
        (kernelHeight, kernelWidth) = kernel
        (strideY, strideX) = stride
        (padY, padX) = padding
        (dilationY, dilationX) = dilation
    }

    /// The sizes of the result for a picture's.
    public func outputSize(_ height: Int, _ width: Int) -> (height: Int, width: Int) {
        (
            (height + 2 * padY - dilationY * (kernelHeight - 1) - 1) / strideY + 1,
            (width + 2 * padX - dilationX * (kernelWidth - 1) - 1) / strideX + 1
        )
    }

    /// The sizes of the picture that a transposed convolution makes.
    public func inputSize(_ height: Int, _ width: Int, outputPadding: (Int, Int) = (0, 0)) -> (height: Int, width: Int)
    {
        (
            (height - 1) * strideY - 2 * padY + dilationY * (kernelHeight - 1) + 1 + outputPadding.0,
            (width - 1) * strideX - 2 * padX + dilationX * (kernelWidth - 1) + 1 + outputPadding.1
        )
    }

    /// The shape of the pictures that a transposed convolution makes of some of another shape,
    /// `[batch, in, height, width]`, with weights `[in, out / groups, kernel height, kernel width]`.
    package func transposedPicture(
        _ shape: [Int], weights: [Int], outputPadding: (Int, Int), groups: Int
    ) -> [Int] {
        require(
            shape.count == 4 && weights.count == 4 && weights[0] == shape[1],
            "convTranspose2d: pictures of shape \(shape) and weights of shape \(weights) do not go together")
        let size = inputSize(shape[2], shape[3], outputPadding: outputPadding)
        return [shape[0], weights[1] * groups, size.height, size.width]
    }

    /// The kernels' description for pictures `[batch, channels, height, width]`.
    package func sizes(_ picture: [Int], outputs: Int, groups: Int = 1) -> kaira_window {
        require(picture.count == 4, "pictures are [batch, channels, height, width], not \(picture)")
        let (height, width) = outputSize(picture[2], picture[3])
        require(
            height > 0 && width > 0 && picture[2] + 2 * padY >= dilationY * (kernelHeight - 1) + 1
                && picture[3] + 2 * padX >= dilationX * (kernelWidth - 1) + 1,
            "a window of \(kernelHeight) x \(kernelWidth) does not fit pictures of shape \(picture)")
        return kaira_window(
            batch: Int64(picture[0]), channels: Int64(picture[1]), height: Int64(picture[2]), width: Int64(picture[3]),
            out_channels: Int64(outputs), out_height: Int64(height), out_width: Int64(width),
            kernel_height: Int64(kernelHeight), kernel_width: Int64(kernelWidth), stride_y: Int64(strideY),
            stride_x: Int64(strideX), pad_y: Int64(padY), pad_x: Int64(padX), dilation_y: Int64(dilationY),
            dilation_x: Int64(dilationX), groups: Int64(groups))
    }
}
