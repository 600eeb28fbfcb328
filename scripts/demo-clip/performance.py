"""What the presenter does: authored gestures on the rig by two-bone IK, planted feet, breath, blinks and speech.

Rest rotations of all bones are the identity in world axes, so that a local rotation is a rotation relative to the
parent bone in world axes of the rest pose. Quaternions are x, y, z, w. The person's left is at +X.
"""
import numpy as np


def multiply(a, b):
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return np.array([aw * bx + ax * bw + ay * bz - az * by, aw * by - ax * bz + ay * bw + az * bx,
                     aw * bz + ax * by - ay * bx + az * bw, aw * bw - ax * bx - ay * by - az * bz])


def conjugate(q):
    return q * [-1, -1, -1, 1]


def rotate(q, v):
    t = 2 * np.cross(q[:3], v)
    return v + q[3] * t + np.cross(q[:3], t)


def axis_angle(axis, degrees):
    half = np.radians(degrees) / 2
    return np.append(np.asarray(axis, float) / np.linalg.norm(axis) * np.sin(half), np.cos(half))


def unit(v):
    return v / np.linalg.norm(v)


def from_to(a, b):
    a, b = unit(a), unit(b)
    q = np.append(np.cross(a, b), 1 + a @ b)
    return unit(q) if np.linalg.norm(q) > 1e-6 else np.array([0.0, 0, 1, 0])


def frame(x, y):
    """The rotation matrix with first axis x and second axis y made perpendicular."""
    x = unit(x)
    y = unit(y - x * (x @ y))
    return np.stack([x, y, np.cross(x, y)], axis=1)


def from_matrix(m):
    w = np.sqrt(max(0, 1 + m[0, 0] + m[1, 1] + m[2, 2])) / 2
    if w > 1e-3:
        return unit(np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 4 * w * w]) / (4 * w))
    k = int(np.argmax(np.diag(m)))
    i, j = (k + 1) % 3, (k + 2) % 3
    q = np.zeros(4)
    q[k] = np.sqrt(max(0, 1 + m[k, k] - m[i, i] - m[j, j])) / 2
    q[i], q[j], q[3] = (m[k, i] + m[i, k]) / (4 * q[k]), (m[k, j] + m[j, k]) / (4 * q[k]), (m[j, i] - m[i, j]) / (4 * q[k])
    return unit(q)


def slerp(a, b, t):
    if a @ b < 0:
        b = -b
    angle = np.arccos(np.clip(a @ b, -1, 1))
    if angle < 1e-4:
        return unit(a + (b - a) * t)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


# Where the hands are, in shoulder widths from the middle of the shoulders: out, up, forward; then the directions of
# the fingers and of the palm; then how far the fingers are bent, 0 flat to 1 a fist. Times in seconds.
REST = ((0.62, -1.42, 0.16), (0.10, -1, 0.25), (-1, -0.1, 0.1), 0.35)
BOTH = ((0.55, -0.72, 0.95), (-0.05, 0.15, 1), (-0.55, 0.8, 0.1), 0.15)
WIDE = ((1.20, -0.50, 0.72), (0.65, 0.25, 0.7), (-0.2, 0.95, 0.1), 0.10)
POINT = ((1.28, 0.10, 0.45), (0.9, 0.40, 0.2), (-0.3, 0.1, 1), 0.25)
WAVE = ((0.92, 0.32, 0.52), (0.12, 1, 0.1), (0, 0.05, 1), 0.05)
CHEST = ((0.08, -0.55, 0.52), (-0.9, 0.15, 0.30), (-0.1, 0, -1), 0.15)
COUNT = ((0.52, -0.30, 0.82), (0.05, 0.9, 0.35), (-0.35, 0.1, 0.9), 0.55)

SCRIPT = {
    "L": ((0.0, REST), (2.3, REST), (2.9, BOTH), (3.7, WIDE), (4.4, BOTH), (5.2, BOTH), (5.9, WIDE), (6.6, COUNT),
          (7.5, BOTH), (8.3, BOTH), (9.1, REST), (10.0, REST)),
    "R": ((0.0, REST), (0.25, REST), (0.85, WAVE), (1.75, WAVE), (2.5, CHEST), (3.1, BOTH), (3.8, POINT), (5.0, POINT),
          (5.7, BOTH), (6.4, BOTH), (7.1, WIDE), (7.9, CHEST), (8.6, BOTH), (9.3, REST), (10.0, REST)),
}
# Degrees: yaw (to the person's left), pitch (down) and roll of the head.
HEAD = ((0, (0, 0, 0)), (1.0, (0, -3, 5)), (2.2, (0, 4, 0)), (3.6, (-24, 0, -2)), (5.0, (-20, 2, 0)), (5.8, (2, 3, 0)),
        (6.7, (14, 2, 3)), (7.6, (0, 5, 0)), (8.4, (0, -2, -3)), (9.2, (0, 7, 0)), (10, (0, 0, 0)))
# Degrees: yaw, lean forward and side bend of the trunk.
TRUNK = ((0, (0, 1, 0)), (1.2, (4, 2, 2)), (2.4, (0, 3, 0)), (3.8, (-15, 3, -3)), (5.1, (-12, 4, -2)), (6.0, (2, 3, 0)),
         (7.0, (9, 3, 2)), (8.0, (0, 5, 0)), (9.2, (0, 8, 0)), (10, (0, 1, 0)))
# Metres: how the pelvis shifts: to the person's left, up, forward.
PELVIS = ((0, (0.0, -0.006, 0)), (1.5, (0.022, -0.008, 0)), (3.2, (-0.005, -0.010, 0.01)), (4.6, (-0.028, -0.010, 0)),
          (6.4, (0.024, -0.008, 0)), (8.0, (0.0, -0.014, 0.012)), (9.2, (0.0, -0.020, 0.01)), (10, (0, -0.006, 0)))
BLINKS = (0.6, 2.45, 3.35, 5.3, 6.9, 8.65, 9.6)


def ease(keys, time):
    """Minimum-jerk interpolation of (time, numbers) keys."""
    if time <= keys[0][0]:
        return np.array(keys[0][1], float)
    for (t0, a), (t1, b) in zip(keys, keys[1:]):
        if time <= t1:
            u = (time - t0) / (t1 - t0)
            u = u * u * u * (10 + u * (6 * u - 15))
            return np.array(a, float) + (np.array(b, float) - np.array(a, float)) * u
    return np.array(keys[-1][1], float)


class Performance:
    """Local rotations of every bone at a time."""

    def __init__(self, rig, envelope):
        self.rig = rig
        self.envelope = envelope
        self.shoulder_width = abs(rig["upperarm01.L"][0] - rig["upperarm01.R"][0])
        self.wrist_offset = {}

    def solve(self, time):
        """(rotations [bones, 4], root translation [3], expressions) at a time in seconds."""
        rig = self.rig
        local = np.tile([0.0, 0, 0, 1], (len(rig.names), 1))
        world = np.tile([0.0, 0, 0, 1], (len(rig.names), 1))
        place = rig.heads.copy()

        def put(name, rotation):
            local[rig.index[name]] = rotation

        sway = np.array([0.003 * np.sin(time * 1.7), 0, 0.002 * np.sin(time * 1.3 + 1)])
        root = ease(PELVIS, time) + sway
        yaw, lean, bend = ease(TRUNK, time)
        put("root", axis_angle([0, 1, 0], yaw * 0.35))
        spine = ["spine05", "spine04", "spine03", "spine02", "spine01"]
        breath = 0.5 * np.sin(time * 2 * np.pi / 3.6)
        for name in spine:
            q = multiply(axis_angle([0, 1, 0], yaw * 0.65 / 5), axis_angle([1, 0, 0], (lean + breath) / 5))
            put(name, multiply(q, axis_angle([0, 0, 1], bend / 5)))
        head_yaw, head_pitch, head_roll = ease(HEAD, time)
        nod = 2.2 * self.envelope(time) * np.sin(time * 2 * np.pi * 1.6)
        for name, share in (("neck01", 0.2), ("neck02", 0.15), ("neck03", 0.15), ("head", 0.5)):
            q = multiply(axis_angle([0, 1, 0], head_yaw * share), axis_angle([1, 0, 0], (head_pitch + nod) * share))
            put(name, multiply(q, axis_angle([0, 0, 1], head_roll * share)))
        mouth = self.envelope(time)
        put("jaw", axis_angle([1, 0, 0], 7 * mouth))

        def forward(start=0):
            for i in range(start, len(rig.names)):
                parent = rig.parents[i]
                if parent < 0:
                    world[i], place[i] = local[i], rig.heads[i] + root
                else:
                    world[i] = multiply(world[parent], local[i])
                    place[i] = place[parent] + rotate(world[parent], rig.heads[i] - rig.heads[parent])

        forward()
        for side, sign in (("L", 1), ("R", -1)):
            self.arm(side, sign, time, local, world, place)
            self.leg(side, sign, local, world, place)
        forward()
        blink = max(np.exp(-((time - t) / 0.055) ** 2) for t in BLINKS)
        smile = 0.25 + 0.2 * np.exp(-((time - 1.2) / 0.9) ** 2) + 0.3 * np.exp(-((time - 9.3) / 0.7) ** 2)
        brows = 0.5 * np.exp(-((time - 3.6) / 0.5) ** 2) + 0.6 * np.exp(-((time - 1.0) / 0.5) ** 2)
        expressions = {"blink_left": blink, "blink_right": blink, "open": 0.55 * mouth, "smile": smile,
                       "round": 0.35 * mouth * (0.5 + 0.5 * np.sin(time * 9.1)), "brow_left": brows,
                       "brow_right": brows}
        return local, root, expressions

    def limb(self, names, target, pole, local, world, place):
        """Two-bone IK for a chain of (upper, lower, end): sets the upper and lower rotations."""
        rig = self.rig
        upper, lower, end = (rig.index[n] for n in names)
        a = np.linalg.norm(rig.heads[lower] - rig.heads[upper])
        b = np.linalg.norm(rig.heads[end] - rig.heads[lower])
        start = place[upper]
        reach = np.clip(np.linalg.norm(target - start), abs(a - b) + 1e-4, (a + b) * 0.998)
        axis = unit(target - start)
        out = unit(pole - axis * (pole @ axis))
        along = (a * a - b * b + reach * reach) / (2 * reach)
        middle = start + axis * along + out * np.sqrt(max(a * a - along * along, 0))
        tip = start + axis * reach
        # The hinge axis carries the twist: rest and posed bend planes are matched.
        rest_a, rest_b = rig.heads[lower] - rig.heads[upper], rig.heads[end] - rig.heads[lower]
        rest_axis = np.cross(rest_a, rest_b)
        now_a, now_b = middle - start, tip - middle
        hinge = np.cross(now_a, now_b)
        if np.linalg.norm(hinge) < 1e-9:
            hinge = np.cross(axis, out)
        q_upper = from_matrix(frame(now_a, hinge) @ frame(rest_a, rest_axis).T)
        q_lower = from_matrix(frame(now_b, hinge) @ frame(rest_b, rest_axis).T)
        parent = rig.parents[upper]
        local[upper] = multiply(conjugate(world[parent]), q_upper)
        local[lower] = multiply(conjugate(q_upper), q_lower)
        return q_upper, q_lower

    def arm(self, side, sign, time, local, world, place):
        rig = self.rig
        keys = SCRIPT[side]
        target = ease([(t, k[0]) for t, k in keys], time)
        fingers = unit(ease([(t, k[1]) for t, k in keys], time))
        palm = ease([(t, k[2]) for t, k in keys], time)
        curl = float(ease([(t, (k[3],)) for t, k in keys], time)[0])
        if side == "R":
            wave = np.exp(-((time - 1.3) / 0.42) ** 4)
            target = target + np.array([0.16 * np.sin(time * 2 * np.pi * 2.1), 0, 0]) * wave
            fingers = unit(fingers + np.array([0.35 * np.sin(time * 2 * np.pi * 2.1), 0, 0]) * wave)
        beat = 0.06 * self.envelope(time)
        mirror = np.array([sign, 1, 1])
        chest = world[rig.index["spine01"]]
        middle = (place[rig.index["upperarm01.L"]] + place[rig.index["upperarm01.R"]]) / 2
        goal = middle + rotate(chest, (target - [0, beat, 0]) * mirror * self.shoulder_width)
        # The collar bone follows a raised hand.
        lift = np.clip(target[1] + 0.2, 0, 1) * 14
        clavicle = rig.index[f"clavicle.{side}"]
        local[clavicle] = axis_angle([0, 0, 1], sign * lift)
        for name in (f"clavicle.{side}", f"shoulder01.{side}", f"upperarm01.{side}"):
            i = rig.index[name]
            parent = rig.parents[i]
            place[i] = place[parent] + rotate(world[parent], rig.heads[i] - rig.heads[parent])
            world[i] = multiply(world[parent], local[i])
        pole = rotate(chest, np.array([0.75, -0.9, -0.45]) * mirror)
        q_upper, q_lower = self.limb(
            [f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}"], goal, pole, local, world, place)
        # Hand: fingers and palm as the key says; half of the twist goes to the forearm's second bone.
        wrist = rig.index[f"wrist.{side}"]
        rest_fingers = rig[f"finger3-1.{side}"] - rig.heads[wrist]
        across = rig[f"finger2-1.{side}"] - rig[f"finger5-1.{side}"]
        rest_palm = np.cross(rest_fingers, across) * sign
        hand = from_matrix(frame(rotate(chest, fingers * mirror), rotate(chest, palm * mirror))
                           @ frame(rest_fingers, rest_palm).T)
        relative = multiply(conjugate(q_lower), hand)
        axis = unit(rig.heads[wrist] - rig[f"lowerarm01.{side}"])
        along = axis * (relative[:3] @ axis)
        twist = unit(np.append(along, relative[3]))
        if twist[3] < 0:
            twist = -twist
        half = slerp(np.array([0.0, 0, 0, 1]), twist, 0.6)
        local[rig.index[f"lowerarm02.{side}"]] = half
        local[wrist] = multiply(conjugate(half), relative)
        # Fingers curl about the knuckle line.
        knuckles = unit(across)
        for finger in range(2, 6):
            for joint in range(1, 4):
                angle = sign * curl * (38 + 8 * finger) * (1.0 if joint == 1 else 0.9)
                local[rig.index[f"finger{finger}-{joint}.{side}"]] = axis_angle(knuckles, -angle)
        local[rig.index[f"finger1-2.{side}"]] = axis_angle(knuckles, -sign * curl * 18)

    def leg(self, side, sign, local, world, place):
        rig = self.rig
        foot = rig.index[f"foot.{side}"]
        q_upper, q_lower = self.limb(
            [f"upperleg01.{side}", f"lowerleg01.{side}", f"foot.{side}"], rig.heads[foot],
            np.array([sign * 0.12, 0, 1.0]), local, world, place)
        local[foot] = conjugate(q_lower)


def skin_points(rig, local, root, points, weights):
    """Linear blend skinning of points [n, 3] with full weights [n, bones]; also the bone heads."""
    world = np.zeros((len(rig.names), 4))
    place = np.zeros((len(rig.names), 3))
    moved = np.zeros_like(points)
    for i, parent in enumerate(rig.parents):
        if parent < 0:
            world[i], place[i] = local[i], rig.heads[i] + root
        else:
            world[i] = multiply(world[parent], local[i])
            place[i] = place[parent] + rotate(world[parent], rig.heads[i] - rig.heads[parent])
        used = weights[:, i] > 0
        if used.any():
            offsets = points[used] - rig.heads[i]
            t = 2 * np.cross(world[i][:3], offsets)
            moved[used] += weights[used, i, None] * (
                place[i] + offsets + world[i][3] * t + np.cross(world[i][:3], t))
    return moved, place
