// Made by scripts/train-visemes; do not edit.
// 1000 streams of 7 s, 2.5 recordings of each, seed 1, 8 epochs; held-out streams: 93.2 % of frames.

extension PresenceNetwork {
    /// Inputs, hidden layers, nobody and somebody.
    static let sizes = [37, 16, 2]
    /// How many parts each layer has that nothing joins.
    static let parts = [1, 1]

    /// For each layer its weights, row by row of inputs and only within its parts, then its biases: bfloat16,
    /// little-endian, base64.
    static let constants = """
        Pr6pPms9wDz7PSY+BT7HPDW+V770vGQ+1j0av529h76KvhC/Orymvsy5+z0DPgW9OT4QPoU+pj71O7u8Hr6vPmu+9711Ph++YD4JPeK+5j7/PWS9\
        oT7uvkC+j743PVg9lr6hPSo+4T2Ovq+9pz2xvea9Yz1lvRe9Rj7vvkm9A74CPqq+c76Xvry8Nz64veA9sz6IvtI9oj7FvQu/dr4ZPhS9Dz45Pn68\
        DT6MvjS/sj7mvSs9lz6rvpK+gD0gPjc+iT3Hvpa+GzwNv++9ir1ivhm+YbzyPWQ+AT78vWu+nL4SvnQ+rL0wvo0+lD5HvMk+eT4wvgo+iz6DPpa+\
        Gj7IPZC94D6UPoc+w7vxvsi+Pz6CPto9yj7Evhw9q74cPlY+N72JPIc8Jb7VO+q9Yj4+PVW+Ebx4PlG9lz0Zv8K+h71pvrW+Vb4yvhQ+sLy4vqc+\
        WTyMvWK93j6JPd2+sb2FPi2+wD7MPoI+Wbs6vja+wD5WPrM9rj68vqe9wr5yPXw+TT5iOys+uT7pvZg+Hr5QPlu+mr25vq0+Rb51v+G+nLyKvkq9\
        Fz7XPpk+kj4Ev/4+V74JP6e+Gj6GPce+jT47P7K+VT6IP2U/UL6TvRe+3j4wP389nz4Ev3S9B7+GPrI+tb2mPhs/Bz3Bvls9Jr2QvG2+qj6APgA+\
        hL6RvoC+6r0ovpo9RT8UP3C+zL0wvgI/J79NPwg9q74RPyo/bD6MPdG99T7+PME+g76WPnS+Ib4hvZE+Gb4ovmq+d720PkE/4D6NPo2+mr4+v6Y+\
        DL6xPk2/r75BvKq+RL2OPu++aL5DPzG+bb4Mvgu/XD/3Pt0+xb7hvhw+Er/FPj8/Ab9MPpi+B0AfP5o/C795Pd49hb44v1I+BL8Qvzc/+D6sPtI+\
        Kj2fPpo+mz4Bv+W+mj74Pca+DTyGvTK9fT2jvuq8XL4+PrG9Qj8VPsU+Dj6oPvQ+Sb5ovoY+Wj5zv5Y+k72IPQm+L76mPa09i76EvZ6+TD+8vjI9\
        Hjx9vqe+RD02vp6+gj7BvbI5Sz7Cvmi+e76ePbG9PT6jvUU++b1ivrK+GD2DPsQ+Gz3YPSg8GT2Gvoo9Er/iPZY+KL1cPne+sr6PvAk++L3zPtS+\
        zT5ZPSM7Tj7NvYK+0r56vkW9oT5DvQK9IL6TPpO+FL5WPqY+ub1APuS+U76HuxQ+GsCVPYE+tb0Zv41A0L83QBBAqL9cv1DAxT+evU1Am76uv6C8\
        P0Dgv6A/fLxBQILA1r+EP5PAoj5uQIS9EcBdwIo+aUAgQBxAFL8JQHA/t78uP2m+QMDuP7O/DD7iPsU/qb+mvyA/S7/Jv+E/N8AnwNM/f7/BP0vA\
        PsCTwGk9Tr/iP/e/nD/3vxZATz+iQMa/4D8mvdm/Ab6eP3o/B8AxQBlAI0CTQKK/nUCEwIfAAMA3P3BAfkC5P3u+MsHfPirBxcARQC2/MUAUPVw+\
        L77MPnU/wT0WPUu+k77QPf89kz2yPw+/672OP4u/S78Jv1i/Rb/FPwhA1r/PPM6+LT4Tv+E9o785vue/+L42v7I+cr73Pj4/rj0HP2G/+r46P8c/\
        ND2sPn6+Hz+vvxvBwMDCPyTABECRQPM/3j4CQNe+EEC6P+Y+7MB2vky/ej0SP3m+L7+CPhy/hz4vP5i++L7dPgY/xL4/Pk+/nT1hvye/Lj8lv9I+\
        FD8zv7k+Ab+ZPXG/8758P2w/cL8vvy8/
        """
}
