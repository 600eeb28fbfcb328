// Made by scripts/train-visemes; do not edit.
// 1000 streams of 7 s, 2.5 recordings of each, seed 1, 8 epochs, 3 members; held-out streams: 93.5 % of frames.

extension PresenceNetwork {
    /// Inputs, hidden layers, nobody and somebody.
    static let sizes = [37, 48, 2]
    /// How many parts each layer has that nothing joins.
    static let parts = [1, 1]

    /// For each layer its weights, row by row of inputs and only within its parts, then its biases: bfloat16,
    /// little-endian, base64.
    static let constants = """
        O76nPmA9vzwBPiI+Cz7VPDa+Vr4GvWE+5T0av669h756vYm9dL6EPpk9nz6CPjw9mD4Rvgu+Nj4TP9e9n752PtA9wD6lvgK97j6hvB0+rT2uPFS+\
        NT77vQq+fL45vvI9hb4Pv328qr4fvAA+ET70vDo+ED6DPqI+ejzCvCm+rD72PoI+fz6YPTe+oj2mvo8+kT5mPhQ+mL3zPny+1r1lvrm9wbscvr2+\
        97y/Pkk+uzsHvlI9cz44PmQ+NrxbPq49dL4JvmU+771kPtg85r7wPuo9lb2TPvC+Ub6Nvjs9TT2mPem+hz6ePqK9jb0kvku+/j77PQ08fj4ePmO+\
        MD64PVa+FT1bvsQ9972FPrO+FL4fPDY9aL4lvTg+ZT4VvAO/k763PS8+6D2Pvrm9pT2oveS9YT1kvS29Sj7wvkm9Bb64vMQ9or2YPR4+4j6fPQW+\
        4D2mvm+8Hr5hPoC+ZTy7PVo9Jz4Pvz0+zD4dvkq97b09Pha9srdMvRO+/b0jPlE+Cj6cvma+mL7vvDU+wL3sPbg+iL7YPZ0+tL0Mv3a+Gj40PqY9\
        eTzKPj++275vvqo+hj7Fvpa+Dz5NP8W+e74cvu49WTg4PXq+B76tPom9gj6uvnE9JD6KvJc+rD0kvSe+cb0JPjk++Tz2PY++M7+wPuu9Cz2MPqK+\
        lb6IPSM+Mz76OVS/oj76Pr699b2Kviq+jj6APTW+dD3OPF6+jz6cPcm9K76SPK89jL6bPh6/OL77vIK7gr2ZPbq9vj4NPqi+mT2/vpK+EzwOv+u9\
        mL1bvhm+IbzoPWU+/D0Avmu+nL5ZvlW+D70ePpg+tz4DPgs+Mb3Hvly+XL1YPiu/5b33PI4+fT66vrg9qz4cvqC80r1Tvga+Vr5pPbS9yL5cPQY9\
        Br6IPpe9Or6LPpk+vrzRPn4+LL4FPo0+gz6Vvhc+yT2+PdM+lj1xPqa+j74UPkI+yD4Dv7G+lD3ePX+8qr1yvpm+ob2svbK+Uj6NPjK+bzyVPaw+\
        Cb7wvkm9Zz4zPk29zb3ZPqA+lT6RvPG+yb5DPoc+wD3EPr6+ezypviM+Vz4ivmK/gz4aPwW+Lr4qPgS+Pz5fvUG+PD0vPlK+oT5xPbG9M74LvXA+\
        r762Pi2/O76hPW29cz6EPt4+Ez9Cvvm9Sr10PGc8Ir50POK9YT5bPVm+q7tzPlG9sD0Zv8W+j73SPTK97L28PpU+bD56vNo99LyMvny+jT2YPne+\
        Az0Fvgs9tD7SvnS+pz6+u7I+jL6jvRy+zb0YPra+Fb+6vR47ar60vly+K74ZPtW7ub6wPhU8fb1xvd4+qD3bvr69hD6HPUY+lD26Phg7kL6pvIk+\
        Pz68vrC+3T6pPkW+k77EvtS9BT6Avr29ozwEPnW++j0TvkE+vj63vnk+ir2PPnu9Pr7FPtE+jD4VOjW+Or7FPk8+pD2rPri+2b27voU9fz4uvgK/\
        iT7pPtK8Cb73vbC9AD7ovDC93D0OvXW+vD6ePgY9F77tvK8+cj2pPkG/Dz6MPhq+pD6pPqA+fLqMvh27Sj6MvCU+vD7XvZs+G75RPlu+k726vq4+\
        N751v9++jbwOPLw+WL0EP18+LT+/Pni+ib1ev9A+uj6MPkO+PL6jPpS+yT5Xv82+1D4xvDI+gb4IPoQ9OD7CPmS9H77XPce9iL6NvQc+2T6ZPps+\
        BL8BP1O+Cj+pvhw+rj3Gvo8+PD+KvrW+SD4YP4o+oz79Phg+vr6Qv+o+AD9NP2q8Br68PsK8kj3Tvpq+Dj8gP6A9Er6sPqU+Z76sPag97T35PaO+\
        vr5LPoY/Zj9fvpG9Fr7aPi4/RT2ePgS/p70Hv5A+tz6Gvgm/tD6+Pg2+Ir10PZS+oL4jvxw/vT7SvgQ+1T5QP9+9f7w/PuE+vj7OPha/Ej9HP42+\
        uT4HPzg/Dj8MvOC+u72gPho/Cz27vjA9Dr3UvGq+rT6EPgA+g76Tvn6+8r0RPVi+fb5oPog+KT8NPxe+Zrzevqg8Nr0kvcU9FT++Pp++rD7TvSE/\
        Lj6lvru9Bz/BPuW+Tz7tPWq/Br9JvsW9KL6LPUM/ET9mvta9K778Pie/Tz80Pau+ED8pP3I+iD3/vRO+gz7gPtS9wj4XPcK+erwsvsA+D7/+vF8/\
        qT90P9Y9HL4gPZ4/Cr7kPig+9T5lP8c+jj5EPzC+wj4/vkS+Ar7UPrU8wz5dvpY+gb7zvWC9kT4VvjS+b76Xvb0+Qj/EvnK/Yz4fPve8Bj+bPka+\
        2D66vo4/tj4JvsE+Gz/YPvc9R76MPRQ+2T6iPs2+hjrQPvm9Sj8GP748Tj61vsW+3j6PPoe+lr4+v6A+Db6rPk2/sb49vKq+TL2OPu6+ar6BPQm+\
        vL2Lvog9aT/pPg69wz4SvhK+3r4Jvuu97T5aPik/wT58PRI/yT6VPba9Kj7xPe89tT5svl+/jr0tPmA+Qz8evlu+Br4Nv1k/9D7TPsa+6L4fPhK/\
        vj5APwC/UT6Svoy+1T6Xvn0+lL0iPa8+Oj8Yvjw9hL9NvTQ/QT8svhU/rD5HP30/m71YPpO+bz4NvnC9SD6dvqG+rT46vQQ+q74DQB4/lz8Ov7I9\
        8D12vje/Qz4Hvw+/KD/uPqw+2D75vu+/Zj65vte+iD8bP/y+Br4bP0o/9b6gvpg/Hz9yPwK+A783Pwo/Tb7rvCe/9L5fP+C+rD8xP06/jz4Lvx0+\
        Jz2aPpk+nz7+vua+mj71Pce+PTyFvTS9ij2lvtq8Yr6xPpo7Gr4HPsA+AT9wPg0+oTsOvng+Ij0PPQq/PD5Tvrw8Az6MvrS93z5oPuW86j0GPqq+\
        Sz5KPiq/sL7TPbk8JD6nvUI/Iz7BPiE+qD7wPkC+ab6EPl8+c7+TPnm9cT1yvhY+dj4SPgW+oD42P8q+2T7WvhM+Qz5MPtm+Aj+HPsM+Tr2jPYE+\
        yL72Pio+aD41vr89Lr9OPtu8Zj5uvp8+Db4wvpA9kD2Jvo69nr5MP8S+OT2LPH6+p75lPTO+oL60PMO+Vb6HPs694jxfveW+cD2xvsO9qrztvS0+\
        Cj8DPp4+Br4yPjU/tbzRPuW+JjyYPUe+wL6EPfq8iD5zvAm8gj7KvYY7VD7CvmW+eL6bPaq9QD6ovUU+9r1pvrK+Fz1nvr+8uj3CveA+Hz+rvcM9\
        Rj58vfa8nb55Prc8Er4cPmE+Tj6LvlG+aj6gPB++PD4OPWq+RD4UviS+yr7svRI9gz7CPik92z17PCc9hL6TPRK/2T2WPii9Xz54vrO+b7xNPrS9\
        hr6evbk9oz0Xvli+uT6CvkU9Qb6pPR0+2r0sPMM+l7xDvXc+uL21vYy9uD4ivuE9yL0Zvfi9JL5Lvq+9Az4Dvvc+0b7OPnI9qrpVPrm9gr7Rvnu+\
        IL2hPmK9xryKPow9gL0CP4k9Pb6JPPM9Gr4dP0s+9T5bPsy9VT4Bvw8+k776PqU93T3lPYu+oj4Dvq498D2yvW87u75tvh4+VL6QPo++/L1GPq8+\
        xb00Pt++Vb5ivB8+G8BYPZA+ub0FPsA+UL9qvvy9LL4MP16/YT1pPo69ar6Nvvu+bj9EPKU+177EPAE/Dz7RvuS8zb4rPvy+jr8/vqM9Ar4AwAo8\
        Cr+QQMy/LEADQK6/Xb9XwNI/nL1RQJS+rb8dOz9A4b/wPhnAAsC0v9K/o7/Gvx7Af75wP4e/Y70mwM8+AsAJQM8/McA2v9y/zb9hwFi/tb+uP9G+\
        DMAsvT2/CcDovzg/pD8LvUFAgsDjv4M/k8CePmtAjr0RwFzAlj5qQB1AG0BrvWzAWEBmQOK/gMDrvnm/er8UwH0/G0AZvt4/mL94wDg/VMA2QL6/\
        iMAtP2jAN0CWwII93D/hvgdA3T+sPwHACr8IQHE/u79HP1q+QsDxP7O/Nj7WPsA/q7+nvyQ/TL+1vl2/lr86P6+/sD/8voq/lr/ov4M/t703QEfA\
        IL6TP9O/mL/mvyC++D+TPxrAC0B9P8y+CsArv6++rT+qvo8/1r/LPz3ALsDhP4G/xz9JwEDAkcAYPWS/4z/4v5w/9b+JQEq/NcBxvy/AJD+Dvg0/\
        jj8qQB3AFz4zQIM/I8Biv8W+PMDSvxjAkMAwwJc/NMD2v8i+O0CRwMG/aUDbv8E/F0BMP6NAzr/kP5293r8Mvp0/gj8CwC5AGkAkQJRAo79fv1a/\
        l79sQCDADcA7QM4/WMCZPF5Af78+vMM/pb8rwMK/i8BPP18/HcCyvxnAkUBxPso/mj5LQDA/3b7ePwBAnECVwI3AGsBuP3BAckCkP9i+McEFPyrB\
        uMAUQDW/MEBJQYdAVUDOv8q/1sCpPUXBpT+VPmo/zECGP91AYEBdwL2/I0AZQFFAv7+UP0hAmkDFPnVAUsBPwVtAmUCtwDjBiT1aPjO+4T6EP5Q9\
        tDs8vpW+nT3sPWA9tj8Pv+69jj+oPjg/zz69vqA+PD+mP5m9Uj7evjq/aT5sPyc/Kry+PnM/4jxhPYs9ZD9lvmI+Tr9RPq4/Oj/fvuY+yD0bPSu9\
        ib9NvxS/eL8ev7c/BkDUvwq8uL6SPha/Hj6nvyG+7L8kPWu+ML+Wv5G/Ur+jwLi/BEAcQDBAq7/VviG/Tr8gP86/lj9hv+M+XD8FwB4/KkCZP4m/\
        Pr7yvIa/GD3dP6K+zb4Zv70+bL7bPi4/vT0JP1+/9r48P8Y/ujuzPpG+IT9WP08/Ab0hvjc/5j7LPZM/Kz/MPm4//r1ePwI/QD/gvrA/qz7APiU/\
        mD+xviU/iD+pvVQ/aj6zvjM+Er+jvZo+rL8XwcHA1D8owAtAlED5P+U+/z/ovhJAsT/pPu3Aar4JwMlALj+OwKhAkT7lv+1ADUA7P4bAr78Sv46/\
        lD8cPxw/9EBRPyS9cD9fQLFArMDEviq/Fj0nP4I/kD9lQCo/h76ePEk+sr1qvq89UL6zPWc+xr0mvhQ+Mj4CvoI9ir7bPJe+Xr5mPl2+DT5IPnG+\
        9j0svtI8ob4fvqc+nT6gvj2+IT5IPiK+Yz7Wvsa8kj5evqA+Rj6jvu29KD7gPSe+O77dPYg9Rb6AvpE9ZD7OvSc+wb0YPSK+Cj2kvoK+aD5xvls+\
        P75YPss9k75jPje+Qz5yvgo+dL6NPg6+2L1KPo2+ET6dPjC+MzpvvoS+Yj4FPgG+Sr7ePQI+zL17Ppy+AL8APw==
        """
}
