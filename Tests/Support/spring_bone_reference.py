#!/usr/bin/env python3
"""Spring bones of a VRM 1.0 file by the specification's own pseudocode, in double precision.

Written from VRMC_springBone-1.0 and VRMC_springBone_extended_collider-1.0 alone. Standard library only.
Usage: spring_bone_reference.py FILE.vrm STEPS   (60 steps a second)
The scene's first root node is moved by `driver(t)`. Prints JSON: per step, the world tails of every joint that turns.
"""
import json, math, struct, sys

def add(a, b): return [x + y for x, y in zip(a, b)]
def sub(a, b): return [x - y for x, y in zip(a, b)]
def mul(a, s): return [x * s for x in a]
def dot(a, b): return sum(x * y for x, y in zip(a, b))
def cross(a, b): return [a[1]*b[2]-a[2]*b[1], a[2]*b[0]-a[0]*b[2], a[0]*b[1]-a[1]*b[0]]
def norm(a): return math.sqrt(dot(a, a))
def unit(a):
    n = norm(a)
    return mul(a, 1 / n)
def qmul(p, q):
    return [p[3]*q[0]+p[0]*q[3]+p[1]*q[2]-p[2]*q[1], p[3]*q[1]-p[0]*q[2]+p[1]*q[3]+p[2]*q[0],
            p[3]*q[2]+p[0]*q[1]-p[1]*q[0]+p[2]*q[3], p[3]*q[3]-p[0]*q[0]-p[1]*q[1]-p[2]*q[2]]
def qinv(q): return [-q[0], -q[1], -q[2], q[3]]
def rot(q, v): return qmul(qmul(q, [*v, 0]), qinv(q))[:3]
def from_to(a, b):
    c, d = cross(a, b), dot(a, b)
    q = [*c, 1 + d]
    n = math.sqrt(sum(x * x for x in q))
    return [x / n for x in q]

class Rigid:
    """Rotation then translation; the files have no scale."""
    def __init__(self, q=(0, 0, 0, 1), t=(0, 0, 0)): self.q, self.t = list(q), list(t)
    def __matmul__(self, o): return Rigid(qmul(self.q, o.q), add(self.t, rot(self.q, o.t)))
    def point(self, p): return add(self.t, rot(self.q, p))
    def inverse_point(self, p): return rot(qinv(self.q), sub(p, self.t))

def driver(t):
    """Motion of the root: it sways, turns and travels."""
    a, b = 0.9 * math.sin(2.1 * t), 0.5 * math.sin(1.3 * t)
    return Rigid(qmul([0, 0, math.sin(a / 2), math.cos(a / 2)], [math.sin(b / 2), 0, 0, math.cos(b / 2)]),
                 [0.2 * math.sin(1.7 * t), 0.86 + 0.05 * math.sin(3 * t), 0.1 * t])

def main(path, steps):
    data = open(path, 'rb').read()
    j = json.loads(data[20:20 + struct.unpack('<I', data[12:16])[0]])
    nodes, ext = j['nodes'], j['extensions']['VRMC_springBone']
    parent = {c: i for i, n in enumerate(nodes) for c in n.get('children', [])}
    root = j['scenes'][0]['nodes'][0]
    rest = [Rigid(n.get('rotation', (0, 0, 0, 1)), n.get('translation', (0, 0, 0))) for n in nodes]
    local = [Rigid(r.q, r.t) for r in rest]
    def world(i):
        return world(parent[i]) @ local[i] if i in parent else local[i]
    h = 1 / 60
    chains = []
    local[root] = driver(0)
    for s in ext['springs']:
        colliders = [c for g in s.get('colliderGroups', []) for c in ext['colliderGroups'][g]['colliders']]
        chain = []
        for a, b in zip(s['joints'], s['joints'][1:]):
            tail = rest[b['node']].t
            centre = s.get('center')
            state = world(a['node']).point(tail)
            if centre is not None: state = world(centre).inverse_point(state)
            limit = a.get('extensions', {}).get('VRMC_springBone_extended_collider', {}).get('angleLimit')
            chain.append(dict(j=a, tail=tail, axis=unit(tail), cur=state, prev=state, centre=centre, limit=limit,
                              colliders=[ext['colliders'][c] for c in colliders]))
        chains.append(chain)
    out = []
    for k in range(1, steps + 1):
        local[root] = driver(k * h)
        frame = []
        for chain in chains:
            for s in chain:
                a = s['j']
                n = a['node']
                p = world(parent[n])
                head = (p @ rest[n]).t
                L = norm(s['tail'])
                stiff = rot(qmul(p.q, rest[n].q), s['axis'])
                c = world(s['centre']) if s['centre'] is not None else Rigid()
                cur, prev = c.point(s['cur']), c.point(s['prev'])
                nxt = add(cur, mul(sub(cur, prev), 1 - a.get('dragForce', 0.5)))
                nxt = add(nxt, mul(stiff, h * a.get('stiffness', 1)))
                nxt = add(nxt, mul(a.get('gravityDir', [0, -1, 0]), h * a.get('gravityPower', 0)))
                nxt = add(head, mul(unit(sub(nxt, head)), L))
                r = a.get('hitRadius', 0)
                for col in s['colliders']:
                    w = world(col['node'])
                    shape = col.get('extensions', {}).get('VRMC_springBone_extended_collider', {}).get('shape') or col['shape']
                    (kind, v), = shape.items()
                    off = w.point(v.get('offset', [0, 0, 0]))
                    d = sub(nxt, off)
                    if kind == 'plane':
                        normal = rot(w.q, v.get('normal', [0, 0, 1]))
                        dist = dot(d, normal) - r
                    else:
                        if kind == 'capsule':
                            t = sub(w.point(v['tail']), off)
                            x = dot(t, d)
                            if x >= dot(t, t): d = sub(d, t)
                            elif x > 0: d = sub(d, mul(t, x / dot(t, t)))
                        if v.get('inside'):
                            dist, normal = v['radius'] - r - norm(d), mul(unit(d), -1)
                        else:
                            dist, normal = norm(d) - r - v['radius'], unit(d)
                    if dist < 0:
                        nxt = sub(nxt, mul(normal, dist))
                        nxt = add(head, mul(unit(sub(nxt, head)), L))
                if s['limit'] is not None:
                    d = unit(sub(nxt, head))
                    lim = math.radians(s['limit'])
                    if math.acos(max(-1, min(1, dot(d, stiff)))) > lim:
                        side = unit(sub(d, mul(stiff, dot(d, stiff))))
                        nxt = add(head, mul(add(mul(stiff, math.cos(lim)), mul(side, math.sin(lim))), L))
                s['prev'] = s['cur']
                s['cur'] = c.inverse_point(nxt) if s['centre'] is not None else nxt
                to = unit((p @ rest[n]).inverse_point(nxt))
                local[n] = Rigid(qmul(rest[n].q, from_to(s['axis'], to)), rest[n].t)
                frame.append(nxt)
        out.append(frame)
    json.dump(out, sys.stdout)

main(sys.argv[1], int(sys.argv[2]))
