// Made by scripts/train-visemes; do not edit.
// 1000 streams of 7 s, 2 recordings of each, seed 1.

extension PresenceNetwork {
    /// Inputs, hidden layers, nobody and somebody.
    static let sizes = [37, 16, 2]

    /// For each layer its weights, row by row of inputs, then its biases: bfloat16, little-endian, base64.
    static let constants = """
        6ryjPeM9arxBPgY84D2mPQu+3b0MvZY+/z0jv1K9aL4KPW6+LT7Fvpq9jzsQvoY9Oz6hPrc+sT6UPYO9nr7oPju+gT/kPbG+1TyNPha/4z0vPoi9\
        HD8fv6O+qb6iPWk+wL6WPas+Ez6Kvhu++D0svWq+CT7GvSK9bz4Lv528ub3CvKI+6D2Nvpu9TT6Vvj8+Bz6Gvjg9Tz51Ozi/u75PPsi+cz86Pfu9\
        j72dPia/jD66PAU7HD+mvoy+eDy4PPE7BT3Hvke+eD0LvwC+RL6FvgO+rjwVPlQ+yz3ivUu+j76pvko/Mj4vvpE+wz64vq4+kT5zvqs9DT55Ppe+\
        qT3ZPZW+Fz/IvdE+vr7Vvcc+Yj79PvI9JT9mvqG7vL70PSW+PD07viY9OL6hPQ2+Uj1XvQy+pjx1PsC8lbwCv4S+pj3+vQK+aL5KvhA+pD1Tv+89\
        lT0evi6+uT6uvY6+UL3/Pgi/Fj8JP6o+4b4RPrg+yj43Plg+RT5Rvq++w76QvVM+tT7uvYI9mz7jvZQ+tL4qPSa+5bzEvss+vL1vv9a+kLwbvZw+\
        or2MPmI+0z5zvwA+Zr4cP8C+7D1wPqW+cj4+P0W/9z6gP4s/Nb8GPmY9Iz96P/g+dLySvuK+HL8zPqc9Eb6gPfM+nru3vt67+DyQvQS+5j6LPlY+\
        Wb6LvqC+Ur5Tvre84j4BP6W+ezuAvhA/Ir9sPzo9sb45PzM/gz15vc2+JD+AvtM9Jb9SP7g92r6dPhw/hb51vWG+wb1qPlE/+T19Poq9eb5PvzU+\
        JL65Pma/y766PQu+9L1EPt6+UL6kPiA+XT6cOzu/Pj+xPgo/Dr8cv8o+yr5WPhM/G7+iPrK8Yj+ivmg/Xb98PxJA7j57vlo/Yb8qO6s+rz5WPnC9\
        szwdPqU+ij72vgy/ij5KPay+RD2cvS89jz2BvlQ9Qb5MvA4+ZT9BvZc+Sj7kveI+Ur6wvVU+FD5Ev0c+RL6KviO+fDvsPQ28nr5nvQ2/Oz/vvjw9\
        CrpAvni+GD19vl2+iT7BviO9YT68vpK+ar7APUG8Wj6kvUk+Ib4pvqm+iz1yPgk+dzzaPUo9ebsLvnk9Mr/VPbU+nD3sPaG+377OvIE+CL7RPvK+\
        uj4IPoA+UT5Fvsu+qr5Ivg6+tj4mvYA9v74yvnS+Xb7TPbM+u76HPhO/Iz3rvRi9AsC4vlU+Ar8BwD9AKMBBQAFAa7+nP1/A6Lm3P/U/cT8BwEG/\
        VEAfwC5AUkBgQIrA4b/BP0q8oD5aQI+/A78DwIc+SUAbQEtAML//P84/h79jPyk/3L+NP4y/TT9JPzI/37/5vsQ+Gr+HwIXAdcBTwJA/or8vwBTA\
        DsCrwA+/xL97PxnAHb//v4k/rj+oQKW/MkAvPwY+yL5vP6Q/zr81QEg/M0CqQL6+Xj4fwK2/hr/yvxZA3MD5v8I/L8FwP1vBVD4WQBA/FEDJPZA+\
        jL8JP2M+pT7+vvm+AT6Svp8++rweQPa+8L6FPj+/Er9bv1w/ub8Hv/O9n7+3Ppm+cD6tvyE+h78CvzPA2r7avw8/Vb+4Pgm/178RPpi+E72MP9c/\
        Jz5APdG+TT/CP7/Ah8BQP9e+D75ZPU5AJb9CPo2/aj/gP20/6cCtP16/sT0eP4m+Ir8yPha/XT4+P6m+G78NP8E+a74DPkq/nzxgvyS/Kz8Mv5k+\
        Nj9Xv8I+CL/Lu2u/0r50PxE/Fr85vzk/
        """
}
