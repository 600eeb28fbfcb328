// Made by scripts/train-visemes; do not edit.
// 1000 streams of 7 s, 2 recordings of each, seed 1, 8 epochs; held-out streams: 93.6 % of frames.

extension PresenceNetwork {
    /// Inputs, hidden layers, nobody and somebody.
    static let sizes = [37, 16, 2]

    /// For each layer its weights, row by row of inputs, then its biases: bfloat16, little-endian, base64.
    static let constants = """
        U72MPWo9O72CPvs87T2dPGi+Fb7RvUA+ZT0ov6Q8rbvLvaS+CT49vI67cL7+vCk9ET6FPgA+hz6ZO9C8Dr4jP8W+Aj+YPdW9cDyJPkO/7T3VPa29\
        Uz6Svli+f76HvZI9jb6hPZE+I71Kvuu9Kj54vWC+nT0yvam9PT4Qv9Q8Aj7AOkc+Ij6zvaK9Sj0hviI+Xj5rvgM+Kz41vSO/Yr67Pte+ND9XPdg9\
        HL4CPji/hj5NvGU9nz5GvCO+n7wuvD2+n7ymvku+8r3tvmC9+72Ovhq+Or2UPR4+gT0iviG+wr3jvjw/dj7EPXk+pT54vow+lD5uvgS8CT5FPpW+\
        OD4fPra+Zj97vTE/575lvgQ+yj62Pp8+wz4vPVw9ib7OPYq+jj0WvgY9zb7UPUu86D0DvlG+lrx2Pr2937sLv1m+az4dvvm9EL49vg0+Wz0rv8I7\
        vj32veu9pT6jvGm+ITwEPxO/YD+nPt0+ur6WOx0+Bz8WPrw+qz5bvVy+m77EO8A94z6uvbS80z0TvZ4+u74LPTy+t7yRvlc+sb1vv+e+Qj5bPag+\
        PL7IPnU+Yz5lv04+770fP2a+Ab2DPnu+HT5gPye/Vz9OP6w/E7/yvHC+YT9nPwg/3j6wvvC9376ivVQ+Mr3OPdE+M72gvog8pr2bvCy+2T57PmE9\
        c764vpe+R70Evvw9oj5nP5q+f76Vvjs/Ab9cPyg75L4hPyg/dzwnPJK+Az/fPU8+8r4QP/S8Ib5WPfk+YT2BvvO9Jr78vZA/NDxEPqc94b5ov7Y+\
        A76VPnK/zb5dPbW9AL4oPsu+dr57PBQ+8z54PF+/XD/nPvc+CL8dv6k+Wb6HPjE/B7/ePaY+iD/4vJM/Y7+LPvE/ED8Gv1w/tL5HvVs+qD5/vo0+\
        aj0wPpU++j3ovt++fz64PMS+vTxtvYC9MD2nvgA94bzZvT4+Vz/ZPnU+Cj6avRQ/L757Ogw+DD47v7M+H779vo++yj0KPpU+qL4hvgi/LD/Xvii9\
        X72EvoO+Rz0hvpu+pj7AvoG97TyjvkK+Wr6UPXO9XD5VvRo+GL5Yvrm+Lz7aPLQ9xrzKPWG94zxBvnc9Or+MPZE+4j0VPo++4b6Hvcw9q77ePvu+\
        hz4gPpM+Dj5HvpO+tr4wvgK+rD4Bvpo8Dr9XPZC+nD2aPeA+0L4MPxu/wT2Cvq88AsCuvUQ+YL95PhhAY8CRv8I/pL0eQHnAwD1/P1lART7tv72+\
        NEBlwOU+ZEBWQAY/vr/mP7u+Jr5xQMG/+r/uv967RUArQG1AQb8BQMk/kz6QP/691b+sP5m/LD8sPqE//b92v+c+fL/MwHnAO8CUv54/FMAQwCDA\
        EcCpwLm/mL+XPxjAfj7Ov1I/yT+lQOM9F0CfPjQ+Ir+nP7g/GsAHQGw/IUCtQEG/m79MwBu9EMDov5lAAcG/v/c/QcGwP3TBgb+QQEg/Lz8KPmQ+\
        fL8/Pmw+AD7Dvgm/JztEvr0+LL0fQNS+0b5kPnu/n7/Pv6+/0r8LP1299r+cPlS/zz6tv/8+tr/cvgzAob8iwLo+I8D6PYQ+p79cvuG+az1XPqI/\
        +r1dvpi+zD7HP6zAa8AfQBS+fr/rPlhAi70sPz+/ez/JPz4/1sAVQFi/uD0rP6u+M7+EPje/tz4sP4y+Eb8DP9A+h759PmK/5D1wvzi/Pz8bv7s+\
        lT+lv8U+CL++PXy/Er+MP9E+2r4ovyg/
        """
}
