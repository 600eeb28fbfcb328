"""Procedural textures: each texel knows the place on the body that it covers, and is coloured by that."""
import io

import numpy as np
from PIL import Image, ImageFilter


def position_map(part, size):
    """The rest position under each texel [size, size, 3], NaN where the texture is unused."""
    out = np.full((size, size, 3), np.nan)
    uv = part.uvs * size
    for triangle in part.triangles:
        (ax, ay), (bx, by), (cx, cy) = uv[triangle]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-9:
            continue
        x0, x1 = int(max(min(ax, bx, cx) - 1, 0)), int(min(max(ax, bx, cx) + 2, size))
        y0, y1 = int(max(min(ay, by, cy) - 1, 0)), int(min(max(ay, by, cy) + 2, size))
        y, x = np.mgrid[y0:y1, x0:x1] + 0.5
        u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
        v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
        inside = (u >= -0.15) & (v >= -0.15) & (u + v <= 1.15)
        p = part.positions[triangle]
        out[y0:y1, x0:x1][inside] = (p[0] + u[..., None] * (p[1] - p[0]) + v[..., None] * (p[2] - p[0]))[inside]
    return out


def noise(p, scale, seed):
    """Smooth value noise of positions, -1...1."""
    rng = np.random.default_rng(seed)
    table = rng.uniform(-1, 1, 4096)
    q = np.nan_to_num(p) / scale
    cell = np.floor(q).astype(int)
    f = q - cell
    f = f * f * (3 - 2 * f)
    total = np.zeros(p.shape[:-1])
    for corner in range(8):
        o = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        c = cell + o
        value = table[(c[..., 0] * 73856093 ^ c[..., 1] * 19349663 ^ c[..., 2] * 83492791) % 4096]
        total += value * np.prod(np.where(o, f, 1 - f), axis=-1)
    return total


def mix(color, other, amount):
    return color + (np.asarray(other, float) - color) * np.clip(amount, 0, 1)[..., None]


def blob(p, centre, radii, softness=0.5):
    """1 inside an ellipsoid, 0 outside, soft at its border."""
    d = np.linalg.norm((p - centre) / radii, axis=-1)
    return np.clip((1 + softness - d) / (2 * softness), 0, 1)


def png(color, used):
    """PNG bytes of sRGB colours 0...1; unused texels take their neighbours' colour, so that mips do not bleed."""
    data = (np.clip(np.nan_to_num(color), 0, 1) * 255 + 0.5).astype(np.uint8)
    image, mask = Image.fromarray(data), Image.fromarray((used * 255).astype(np.uint8))
    for _ in range(6):
        spread = image.filter(ImageFilter.MaxFilter(5))
        image = Image.composite(image, spread, mask)
        mask = mask.filter(ImageFilter.MaxFilter(5))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def skin(human, size=1024):
    part, rig = human.part("skin"), human.rig
    p = position_map(part, size)
    used = ~np.isnan(p[..., 0])
    p = np.nan_to_num(p)
    color = np.zeros(p.shape) + [0.87, 0.68, 0.58]
    color *= 1 + 0.035 * noise(p, 0.03, 1)[..., None] + 0.03 * noise(p, 0.008, 2)[..., None]
    color = mix(color, [0.80, 0.52, 0.46], 0.25 * np.maximum(noise(p, 0.05, 3), 0))
    left, right = rig["eye.L"], rig["eye.R"]
    eyes = (left + right) / 2
    span = abs(left[0] - right[0])
    lips = np.array([0, (rig["oris01"][1] + rig["oris05"][1]) / 2, rig["oris01"][2]])
    color = mix(color, [0.72, 0.36, 0.36], 0.85 * blob(p, lips, [0.40 * span, 0.011, 0.03], 0.25))
    for sign in (-1, 1):
        cheek = eyes + [sign * 0.62 * span, -0.55 * span, 0]
        color = mix(color, [0.90, 0.52, 0.48], 0.30 * blob(p, cheek, [0.022, 0.018, 0.06], 0.9))
        # Brow: an arc over the eye, hairs as noise stretched along it.
        x = (p[..., 0] * sign - 0.24 * span) / (0.62 * span)
        arc = eyes[1] + 0.30 * span + 0.10 * span * np.sin(np.clip(x, 0, 1) * np.pi * 0.8)
        thickness = 0.0042 * np.clip(1.25 - x, 0.35, 1)
        inside = np.clip(1.6 - abs(p[..., 1] - arc) / thickness, 0, 1) * (x > 0) * (x < 1.05)
        hairs = 0.75 + 0.25 * noise(p * [1, 0.5, 1], 0.0015, 5)
        color = mix(color, [0.22, 0.14, 0.10], inside * hairs * (p[..., 2] > eyes[2] - 0.03))
        # The shade of the lid's edge gives the eye its outline.
        eye = left if sign > 0 else right
        color = mix(color, [0.45, 0.26, 0.22], 0.55 * blob(p, eye + [0, 0.001, 0.012], [0.0175, 0.0085, 0.02], 0.25))
    # Scalp under the hair.
    head = rig.tails[rig.index["head"]]
    scalp = blob(p, [0, head[1] + 0.005, eyes[2] - 0.11], [0.10, 0.095, 0.105], 0.06)
    color = mix(color, [0.20, 0.13, 0.10], scalp)
    return png(color, used)


def cloth(human, name, top, bottom, waist, size=1024, shoe=False):
    """Woven cloth; `top` above the waist's height and `bottom` below it."""
    part = human.part(name)
    p = position_map(part, size)
    used = ~np.isnan(p[..., 0])
    p = np.nan_to_num(p)
    upper = p[..., 1] > waist
    color = np.where(upper[..., None], np.asarray(top, float), np.asarray(bottom, float))
    weave = np.sin(p[..., 0] / 0.0016) * np.sin(p[..., 1] / 0.0016)
    twill = np.sin((p[..., 0] + p[..., 1]) / 0.0022)
    color = color * (1 + np.where(upper, 0.035 * weave, 0.05 * twill) + 0.05 * noise(p, 0.06, 7)
                     + 0.03 * noise(p, 0.012, 8))[..., None]
    if not shoe:
        color = mix(color, color * 0.55, np.clip(1 - abs(p[..., 1] - waist) / 0.012, 0, 1))
    return png(color, used)


def hair(human, name, dark, light, size=512):
    part = human.part(name)
    p = position_map(part, size)
    used = ~np.isnan(p[..., 0])
    p = np.nan_to_num(p)
    strands = 0.5 + 0.5 * noise(p * [1, 0.12, 1], 0.0025, 11)
    color = mix(np.zeros(p.shape) + dark, light, 0.8 * strands)
    return png(color * (1 + 0.12 * noise(p, 0.03, 12))[..., None], used)


def eyes(human, size=512):
    """Iris, pupil and glint by the angle from straight ahead, so that the texture's layout does not matter."""
    part = human.part("eyes")
    p = position_map(part, size)
    used = ~np.isnan(p[..., 0])
    p = np.nan_to_num(p)
    left = p[..., 0] > 0
    centre = np.where(left[..., None], human.rig["eye.L"], human.rig["eye.R"])
    d = p - centre
    r = np.hypot(d[..., 0], d[..., 1]) / np.maximum(np.linalg.norm(d, axis=-1), 1e-9)
    front = d[..., 2] > 0
    color = np.zeros(p.shape) + [0.93, 0.92, 0.90]
    color = mix(color, [0.85, 0.62, 0.58], np.clip((r - 0.75) / 0.25, 0, 1) * 0.5)
    angle = np.arctan2(d[..., 1], d[..., 0])
    radius = 0.47
    streak = 0.5 + 0.5 * np.sin(angle * 37) * np.sin(angle * 23 + 1)
    tone = mix(np.zeros(p.shape) + [0.30, 0.17, 0.08], [0.52, 0.34, 0.18], streak * (r / radius))
    tone = mix(tone, [0.08, 0.05, 0.03], np.clip((r / radius - 0.78) / 0.2, 0, 1))
    color = np.where(((r < radius) & front)[..., None], tone, color)
    color = np.where(((r < 0.2) & front)[..., None], 0.02, color)
    glint = np.hypot(d[..., 0] / 0.0125 + 0.14, d[..., 1] / 0.0125 - 0.2) < 0.09
    return png(np.where((glint & front)[..., None], 1.0, color), used)


def boards(size=512):
    """A plank floor."""
    y, x = np.mgrid[0:size, 0:size] / size
    row = np.floor(y * 8)
    shade = 0.92 + 0.08 * np.sin(row * 12.9898) + 0.03 * np.sin(x * 60 + 9 * np.sin(row * 3.1) + 3 * np.sin(y * 200))
    seam = (np.abs(y * 8 - np.round(y * 8)) < 0.02) | (np.abs((x + row * 0.37) % 1 - 0.5) < 0.002)
    color = np.array([0.72, 0.56, 0.41]) * shade[..., None] * np.where(seam, 0.7, 1.0)[..., None]
    return png(color, np.ones((size, size), bool))


def slide(width=1024, height=576):
    """What the presenter shows: a person's keypoints and a brain-shaped character, drawn plainly."""
    from PIL import ImageDraw
    image = Image.new("RGB", (width, height), (246, 248, 252))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 18), fill=(72, 98, 178))
    pts = {"h": (230, 130), "n": (230, 190), "ls": (290, 210), "rs": (170, 210), "le": (330, 290), "re": (130, 285),
           "lw": (370, 220), "rw": (110, 360), "lh": (262, 350), "rh": (198, 350), "lk": (272, 430), "rk": (186, 430),
           "la": (276, 510), "ra": (178, 510)}
    for pair in ("h n", "n ls", "n rs", "ls le", "le lw", "rs re", "re rw", "ls lh", "rs rh", "lh rh", "lh lk",
                 "lk la", "rh rk", "rk ra"):
        a, b = pair.split()
        draw.line((*pts[a], *pts[b]), fill=(72, 98, 178), width=9)
    for x, y in pts.values():
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill=(236, 120, 70))
    draw.line((440, 300, 560, 300), fill=(120, 130, 150), width=10)
    draw.polygon(((560, 270), (610, 300), (560, 330)), fill=(120, 130, 150))
    draw.ellipse((680, 130, 920, 340), fill=(240, 170, 175))
    for k in range(5):
        draw.arc((690 + 45 * k, 140, 760 + 45 * k, 330), 100, 260, fill=(205, 120, 130), width=7)
    draw.line((800, 130, 800, 340), fill=(205, 120, 130), width=7)
    for x in (750, 850):
        draw.ellipse((x - 20, 225, x + 20, 275), fill=(255, 255, 255))
        draw.ellipse((x - 9, 240, x + 9, 264), fill=(40, 40, 60))
    draw.arc((770, 270, 830, 310), 20, 160, fill=(120, 50, 60), width=6)
    for a, b in (((700, 280), (640, 220)), ((900, 280), (960, 220)), ((760, 335), (750, 460)), ((840, 335), (850, 460))):
        draw.line((*a, *b), fill=(240, 170, 175), width=22)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
