/// The shaders; `ProgramKey.preamble` chooses what of them is compiled.
enum ShaderSource {
    /// What every stage sees: the frame, and the material.
    static let common = """
        layout(std140, binding = 0) uniform Frame {
            mat4 clipFromWorld;
            mat4 viewFromWorld;
            vec4 eye;                // xyz, w: time in seconds
            vec4 viewport;           // width, height, line width in pixels, aspect
            vec4 ambientSky;         // irradiance / pi from above
            vec4 ambientGround;      // from below
            vec4 lightPosition[4];   // xyz; w: 0 directional, 1 point or spot
            vec4 lightDirection[4];  // xyz towards the light; w: 1 / range^2, or 0
            vec4 lightColor[4];      // rgb; w: 1 for a spot
            vec4 lightSpot[4];       // scale, offset
            vec4 lineColor;          // linear, straight alpha
            vec4 section;            // kept is where the dot product with (x, y, z, 1) is not negative
        };
        layout(std140, binding = 1) uniform Material {
            vec4 baseColor;
            vec4 emissive;           // rgb; a: alpha cutoff
            vec4 surface;            // metallic, roughness, normal scale, occlusion strength
            vec4 shadeColor;         // rgb; a: shading shift
            vec4 toon;               // toony, gi equalisation, shift texture scale, rim lighting mix
            vec4 matcap;             // rgb; a: rim lift
            vec4 rimColor;           // rgb; a: fresnel power
            vec4 outlineColor;       // rgb; a: lighting mix
            vec4 outline;            // width; uv scroll x, y; uv rotation
            vec4 uvRows[22];         // two rows a texture slot; the first row's w: 1 for the second coordinates
        };
        """

    static let vertex = """
        layout(location = 0) in vec3 aPosition;
        layout(location = 1) in vec3 aNormal;
        layout(location = 2) in vec4 aTangent;
        layout(location = 3) in vec2 aUV0;
        layout(location = 4) in vec2 aUV1;
        layout(location = 5) in vec4 aColor;
        #if INFLUENCES > 0
        layout(location = 6) in uvec4 aJoints0;
        layout(location = 7) in vec4 aWeights0;
        #if INFLUENCES > 4
        layout(location = 8) in uvec4 aJoints1;
        layout(location = 9) in vec4 aWeights1;
        #endif
        layout(std430, binding = 0) readonly buffer Palette { vec4 rows[]; };
        #endif
        uniform mat4 worldFromMesh;

        #if defined(KIND_WIRE)
        #define OUT(type, name)
        #else
        #define OUT(type, name) out type name;
        #endif
        #if !defined(KIND_DEPTH) && !defined(KIND_WIRE)
        out vec3 vNormal;
        out vec3 vWorld;
        #ifdef NORMAL_TEXTURE
        out vec4 vTangent;
        #endif
        #endif
        #ifdef NEEDS_UV
        out vec2 vUV0;
        #ifdef SECOND_UV
        out vec2 vUV1;
        #endif
        #endif
        #ifdef VERTEX_COLOR
        out vec4 vColor;
        #endif
        #ifdef DUAL_QUATERNIONS
        // Kavan et al. 2008. Five rows a joint: real and dual part (x, y, z, w), and the columns of its stretch.
        vec4 real = vec4(0), dual = vec4(0);
        mat3 stretch = mat3(0);
        void blend(uint joint, float weight, vec4 pivot) {
            uint row = joint * 5u;
            vec4 q = rows[row];
            // q and -q are the same rotation: take the one on the pivot's side.
            float along = dot(q, pivot) < 0.0 ? -weight : weight;
            real += q * along;
            dual += rows[row + 1u] * along;
            stretch += mat3(rows[row + 2u].xyz, rows[row + 3u].xyz, rows[row + 4u].xyz) * weight;
        }
        // The rows of the blended motion's matrix.
        void rigid(out vec4 a, out vec4 b, out vec4 c) {
            float size = length(real);
            vec4 q = real / size, d = dual / size;
            vec3 move = 2.0 * (q.w * d.xyz - d.w * q.xyz + cross(q.xyz, d.xyz));
            mat3 turn = mat3(
                1.0 - 2.0 * (q.y * q.y + q.z * q.z), 2.0 * (q.x * q.y + q.w * q.z), 2.0 * (q.x * q.z - q.w * q.y),
                2.0 * (q.x * q.y - q.w * q.z), 1.0 - 2.0 * (q.x * q.x + q.z * q.z), 2.0 * (q.y * q.z + q.w * q.x),
                2.0 * (q.x * q.z + q.w * q.y), 2.0 * (q.y * q.z - q.w * q.x), 1.0 - 2.0 * (q.x * q.x + q.y * q.y));
            mat3 m = transpose(turn * stretch);
            a = vec4(m[0], move.x);
            b = vec4(m[1], move.y);
            c = vec4(m[2], move.z);
        }
        #elif INFLUENCES > 0
        void add(uint joint, float weight, inout vec4 a, inout vec4 b, inout vec4 c) {
            a += rows[joint * 3u] * weight;
            b += rows[joint * 3u + 1u] * weight;
            c += rows[joint * 3u + 2u] * weight;
        }
        #endif

        void main() {
        #if INFLUENCES > 0
            vec4 a = vec4(0), b = vec4(0), c = vec4(0);
        #ifdef DUAL_QUATERNIONS
            uint strongest = aJoints0.x;
            float most = aWeights0.x;
            for (int k = 1; k < 4; k++) {
                if (aWeights0[k] > most) { most = aWeights0[k]; strongest = aJoints0[k]; }
            }
        #if INFLUENCES > 4
            for (int k = 0; k < 4; k++) {
                if (aWeights1[k] > most) { most = aWeights1[k]; strongest = aJoints1[k]; }
            }
        #endif
            vec4 pivot = rows[strongest * 5u];
            for (int k = 0; k < 4; k++) { blend(aJoints0[k], aWeights0[k], pivot); }
        #if INFLUENCES > 4
            for (int k = 0; k < 4; k++) { blend(aJoints1[k], aWeights1[k], pivot); }
        #endif
            if (dot(real, real) == 0.0) { real = pivot; }
            rigid(a, b, c);
        #else
            add(aJoints0.x, aWeights0.x, a, b, c);
            add(aJoints0.y, aWeights0.y, a, b, c);
            add(aJoints0.z, aWeights0.z, a, b, c);
            add(aJoints0.w, aWeights0.w, a, b, c);
        #if INFLUENCES > 4
            add(aJoints1.x, aWeights1.x, a, b, c);
            add(aJoints1.y, aWeights1.y, a, b, c);
            add(aJoints1.z, aWeights1.z, a, b, c);
            add(aJoints1.w, aWeights1.w, a, b, c);
        #endif
        #endif
            vec4 p = vec4(aPosition, 1);
            vec3 world = vec3(dot(a, p), dot(b, p), dot(c, p));
            mat3 linear = transpose(mat3(a.xyz, b.xyz, c.xyz));
        #else
            vec3 world = (worldFromMesh * vec4(aPosition, 1)).xyz;
            mat3 linear = mat3(worldFromMesh);
        #endif
        #if !defined(KIND_DEPTH) && !defined(KIND_WIRE)
            // The cofactor matrix is the inverse transpose times the determinant: right under any scale.
            mat3 cofactor = mat3(cross(linear[1], linear[2]), cross(linear[2], linear[0]), cross(linear[0], linear[1]));
            float handed = dot(cofactor[0], linear[0]) < 0.0 ? -1.0 : 1.0;
            vec3 normal = normalize(cofactor * aNormal) * handed;
        #endif
        #ifdef KIND_OUTLINE
        #ifdef SCREEN_OUTLINE
            gl_Position = clipFromWorld * vec4(world, 1);
            vec3 viewNormal = normalize(mat3(viewFromWorld) * normal);
            vec2 side = normalize(viewNormal.xy + vec2(1e-6)) * vec2(1.0 / viewport.w, -1.0);
            // Full where the surface turns away, none where it faces the camera. Clip height is 2.
            gl_Position.xy += 2.0 * outline.x * gl_Position.w * side * clamp(1.0 - viewNormal.z * viewNormal.z, 0.0, 1.0);
        #else
            world += normal * outline.x;
            gl_Position = clipFromWorld * vec4(world, 1);
        #endif
            vNormal = normal;
            vWorld = world;
        #else
            gl_Position = clipFromWorld * vec4(world, 1);
        #endif
        #if !defined(KIND_DEPTH) && !defined(KIND_WIRE) && !defined(KIND_OUTLINE)
            vNormal = normal;
            vWorld = world;
        #ifdef NORMAL_TEXTURE
            vTangent = vec4(normalize(linear * aTangent.xyz), aTangent.w * handed);
        #endif
        #endif
        #ifdef SECTION
            gl_ClipDistance[0] = dot(section, vec4(world, 1));
        #endif
        #ifdef NEEDS_UV
            vUV0 = aUV0;
        #ifdef SECOND_UV
            vUV1 = aUV1;
        #endif
        #endif
        #ifdef VERTEX_COLOR
            vColor = aColor;
        #endif
        }
        """

    /// Wireframe: each vertex carries its distance in pixels to the opposite edge.
    ///
    /// Source: Baerentzen et al., "Single-pass Wireframe Rendering", SIGGRAPH 2006 sketches.
    static let wireGeometry = """
        layout(triangles) in;
        layout(triangle_strip, max_vertices = 3) out;
        noperspective out vec3 vDistance;
        flat out float vStrength;
        void main() {
            vec4 a = gl_in[0].gl_Position, b = gl_in[1].gl_Position, c = gl_in[2].gl_Position;
            // A corner behind the eye has no place on the screen: such a triangle shows no lines.
            bool valid = min(a.w, min(b.w, c.w)) > 1e-6;
            vec2 half2 = viewport.xy * 0.5;
            vec2 p = half2 * a.xy / a.w, q = half2 * b.xy / b.w, r = half2 * c.xy / c.w;
            float area = abs((q.x - p.x) * (r.y - p.y) - (r.x - p.x) * (q.y - p.y));
            vec3 height = area / max(vec3(distance(q, r), distance(r, p), distance(p, q)), vec3(1e-6));
            if (!valid) height = vec3(1e4);
            // Lines cover their width times the sum of 1 / height of a triangle. Above a half they grow fainter: a dense mesh
            // stays a shape, not a blot.
            float cover = viewport.z * dot(1.0 / max(height, vec3(1e-3)), vec3(1));
            float strength = clamp(0.5 / cover, 0.25, 1.0);
            vec3 none = valid ? vec3(0) : vec3(1e4);
            gl_Position = a; vDistance = valid ? vec3(height.x, 0, 0) : none; vStrength = strength; EmitVertex();
            gl_Position = b; vDistance = valid ? vec3(0, height.y, 0) : none; vStrength = strength; EmitVertex();
            gl_Position = c; vDistance = valid ? vec3(0, 0, height.z) : none; vStrength = strength; EmitVertex();
            EndPrimitive();
        }
        """

    /// The lines of wires.
    static let wireFragment = """
        layout(location = 0) out vec4 color;
        noperspective in vec3 vDistance;
        flat in float vStrength;
        void main() {
            float d = min(vDistance.x, min(vDistance.y, vDistance.z));
            float a = 1.0 - smoothstep(viewport.z * 0.5 - 0.5, viewport.z * 0.5 + 0.5, d);
            if (a <= 0.004) discard;
            a *= lineColor.a * vStrength;
            color = vec4(lineColor.rgb * a, a);
        }
        """

    static let fragment = """
        layout(location = 0) out vec4 color;
        #ifndef KIND_DEPTH
        in vec3 vNormal;
        in vec3 vWorld;
        #ifdef NORMAL_TEXTURE
        in vec4 vTangent;
        #endif
        #endif
        #ifdef NEEDS_UV
        in vec2 vUV0;
        #ifdef SECOND_UV
        in vec2 vUV1;
        #endif
        #endif
        #ifdef VERTEX_COLOR
        in vec4 vColor;
        #endif
        layout(binding = 0) uniform sampler2D baseTexture;
        layout(binding = 1) uniform sampler2D mrTexture;
        layout(binding = 2) uniform sampler2D normalTexture;
        layout(binding = 3) uniform sampler2D occlusionTexture;
        layout(binding = 4) uniform sampler2D emissiveTexture;
        layout(binding = 5) uniform sampler2D shadeTexture;
        layout(binding = 6) uniform sampler2D shiftTexture;
        layout(binding = 7) uniform sampler2D matcapTexture;
        layout(binding = 8) uniform sampler2D rimTexture;
        layout(binding = 9) uniform sampler2D outlineTexture;
        layout(binding = 10) uniform sampler2D uvMaskTexture;

        #ifdef NEEDS_UV
        vec2 uvOf(int slot) {
        #ifdef SECOND_UV
            vec2 uv = uvRows[slot * 2].w > 0.5 ? vUV1 : vUV0;
        #else
            vec2 uv = vUV0;
        #endif
        #ifdef UV_ANIMATION
            // Rotation about the middle, then scroll, both a second, where the mask lets them (MToon 1.0).
            float amount = eye.w;
        #ifdef UV_MASK_TEXTURE
            amount *= texture(uvMaskTexture, uv).b;
        #endif
            float c = cos(outline.w * amount), s = sin(outline.w * amount);
            uv -= 0.5;
            uv = vec2(c * uv.x + s * uv.y, -s * uv.x + c * uv.y) + 0.5 + outline.yz * amount;
        #endif
        #ifdef UV_TRANSFORM
            vec3 h = vec3(uv, 1);
            uv = vec2(dot(uvRows[slot * 2].xyz, h), dot(uvRows[slot * 2 + 1].xyz, h));
        #endif
            return uv;
        }
        #endif

        #ifdef SHADE_OF_BASE
        vec3 baseTexel = vec3(1);
        #endif

        vec4 surfaceColor() {
            vec4 base = baseColor;
        #ifdef BASE_TEXTURE
            vec4 texel = texture(baseTexture, uvOf(0));
            base *= texel;
        #ifdef SHADE_OF_BASE
            baseTexel = texel.rgb;
        #endif
        #endif
        #ifdef VERTEX_COLOR
            base *= vColor;
        #endif
        #ifdef ALPHA_MASK
            if (base.a < emissive.a) discard;
        #endif
        #ifndef ALPHA_BLEND
            base.a = 1.0;
        #endif
            return base;
        }

        #ifndef KIND_DEPTH
        vec3 surfaceNormal() {
            vec3 n = normalize(vNormal);
        #ifdef NORMAL_TEXTURE
            vec3 m = texture(normalTexture, uvOf(2)).xyz * 2.0 - 1.0;
            m.xy *= surface.z;
            vec3 t = normalize(vTangent.xyz - n * dot(n, vTangent.xyz));
            n = normalize(t * m.x + cross(n, t) * (vTangent.w * m.y) + n * m.z);
        #endif
        #ifdef DOUBLE_SIDED
            if (!gl_FrontFacing) n = -n;
        #endif
            return n;
        }

        /// Direction to a light (unit) and what arrives of it, before the angle of incidence.
        vec3 light(int i, out vec3 towards) {
            vec3 radiance = lightColor[i].rgb;
        #ifdef DIRECTIONAL_LIGHTS
            towards = lightDirection[i].xyz;
        #else
            if (lightPosition[i].w < 0.5) {
                towards = lightDirection[i].xyz;
                return radiance;
            }
            vec3 d = lightPosition[i].xyz - vWorld;
            float square = max(dot(d, d), 1e-8);
            towards = d * inversesqrt(square);
            // KHR_lights_punctual: inverse square, cut off smoothly at the range.
            float cut = square * lightDirection[i].w;
            radiance *= clamp(1.0 - cut * cut, 0.0, 1.0) / square;
            if (lightColor[i].a > 0.5) {
                float cone = clamp(dot(towards, lightDirection[i].xyz) * lightSpot[i].x + lightSpot[i].y, 0.0, 1.0);
                radiance *= cone * cone;
            }
        #endif
            return radiance;
        }

        vec3 ambient(vec3 n) { return mix(ambientGround.rgb, ambientSky.rgb, n.y * 0.5 + 0.5); }
        #endif

        #ifdef KIND_METALLICROUGHNESS
        /// Khronos PBR Neutral (Khronos Group, 2024).
        vec3 neutral(vec3 c) {
            float x = min(c.r, min(c.g, c.b));
            c -= x < 0.08 ? x - 6.25 * x * x : 0.04;
            float peak = max(c.r, max(c.g, c.b));
            if (peak < 0.76) return c;
            float q = 1.0 - 0.0576 / (peak + 0.24 - 0.76);
            c *= q / peak;
            return mix(c, vec3(q), 1.0 - 1.0 / (0.15 * (peak - q) + 1.0));
        }

        void main() {
            vec4 base = surfaceColor();
            vec3 n = surfaceNormal();
            vec3 v = normalize(eye.xyz - vWorld);
            float metallic = surface.x, rough = surface.y;
        #ifdef MR_TEXTURE
            vec4 mr = texture(mrTexture, uvOf(1));
            rough *= mr.g;
            metallic *= mr.b;
        #endif
            float alpha = max(rough * rough, 0.002);
            float a2 = alpha * alpha;
            vec3 f0 = mix(vec3(0.04), base.rgb, metallic);
            vec3 diffuse = base.rgb * (1.0 - metallic);
            float nv = abs(dot(n, v)) + 1e-4;
            vec3 sum = vec3(0);
            for (int i = 0; i < LIGHTS; i++) {
                vec3 l;
                vec3 radiance = light(i, l);
                float nl = dot(n, l);
                if (nl <= 0.0) continue;
                vec3 h = normalize(l + v);
                float nh = clamp(dot(n, h), 0.0, 1.0), vh = clamp(dot(v, h), 0.0, 1.0);
                // GGX with the height-correlated Smith term (Heitz 2014), Schlick's Fresnel; glTF 2.0 appendix B.
                float d = nh * nh * (a2 - 1.0) + 1.0;
                float D = a2 / (3.14159265 * d * d);
                float V = 0.5 / (nl * sqrt(nv * nv * (1.0 - a2) + a2) + nv * sqrt(nl * nl * (1.0 - a2) + a2));
                vec3 F = f0 + (1.0 - f0) * pow(1.0 - vh, 5.0);
                sum += radiance * nl * ((1.0 - F) * diffuse * (1.0 / 3.14159265) + F * (D * V));
            }
            // Soft light from the sky and the ground; its mirror image fades with roughness (Karis 2014's fit).
            vec3 reflected = reflect(-v, n);
            vec2 ab = vec2(-1.04, 1.04) * (min((1.0 - rough) * (1.0 - rough), exp2(-9.28 * nv)) * (1.0 - rough)
                + rough * -0.0275 + 0.0425) + vec2(rough * -0.572 + 1.0 - rough, rough * 0.022 + 0.0);
            vec3 environment = diffuse * ambient(n) + ambient(reflected) * clamp(f0 * ab.x + ab.y, 0.0, 1.0);
        #ifdef OCCLUSION_TEXTURE
            environment *= 1.0 + surface.w * (texture(occlusionTexture, uvOf(3)).r - 1.0);
        #endif
            sum += environment;
        #ifdef EMISSIVE
            vec3 glow = emissive.rgb;
        #ifdef EMISSIVE_TEXTURE
            glow *= texture(emissiveTexture, uvOf(4)).rgb;
        #endif
            sum += glow;
        #endif
        #ifdef TONE_MAP
            sum = neutral(sum);
        #endif
            color = vec4(sum * base.a, base.a);
        }
        #endif

        #ifdef KIND_UNLIT
        void main() {
            vec4 base = surfaceColor();
            color = vec4(base.rgb * base.a, base.a);
        }
        #endif

        #if defined(KIND_TOON) || defined(KIND_OUTLINE)
        /// MToon 1.0's lighting of a surface: light and shade by the lights, and the soft light of all directions.
        vec3 toonLight(vec3 lit, vec3 shade, vec3 n, float shift, out vec3 arriving) {
            arriving = vec3(0);
            vec3 sum = vec3(0);
            float low = -1.0 + toon.x, high = 1.0 - toon.x;
            for (int i = 0; i < LIGHTS; i++) {
                vec3 l;
                // A lit white surface is white at an illuminance of pi.
                vec3 radiance = light(i, l) * (1.0 / 3.14159265);
                float s = clamp((dot(n, l) + shift - low) / max(high - low, 1e-4), 0.0, 1.0);
                sum += radiance * mix(shade, lit, s);
                arriving += radiance;
            }
            vec3 even = (ambientSky.rgb + ambientGround.rgb) * 0.5;
            vec3 gi = mix(ambient(n), even, toon.y);
            arriving += gi;
            return sum + gi * lit;
        }
        #endif

        #ifdef KIND_TOON
        void main() {
            vec4 base = surfaceColor();
            vec3 n = surfaceNormal();
            vec3 shade = shadeColor.rgb;
        #ifdef SHADE_TEXTURE
            shade *= texture(shadeTexture, uvOf(5)).rgb;
        #endif
        #ifdef SHADE_OF_BASE
            shade *= baseTexel;
        #endif
        #ifdef VERTEX_COLOR
            shade *= vColor.rgb;
        #endif
            float shift = shadeColor.a;
        #ifdef SHIFT_TEXTURE
            shift += texture(shiftTexture, uvOf(6)).r * toon.z;
        #endif
            vec3 arriving;
            vec3 sum = toonLight(base.rgb, shade, n, shift, arriving);
        #ifdef EMISSIVE
            vec3 glow = emissive.rgb;
        #ifdef EMISSIVE_TEXTURE
            glow *= texture(emissiveTexture, uvOf(4)).rgb;
        #endif
            sum += glow;
        #endif
        #ifdef RIM
            vec3 v = normalize(eye.xyz - vWorld);
            vec3 rim = vec3(0);
        #ifdef MATCAP_TEXTURE
            vec3 up = vec3(viewFromWorld[0][1], viewFromWorld[1][1], viewFromWorld[2][1]);
            vec3 x = normalize(cross(up, v) + vec3(1e-6, 0, 0));
            vec3 y = cross(v, x);
            vec2 uv = vec2(dot(x, n), -dot(y, n)) * 0.495 + 0.5;
            rim += matcap.rgb * texture(matcapTexture, uv).rgb;
        #endif
            rim += rimColor.rgb * pow(clamp(1.0 - dot(n, v) + matcap.a, 0.0, 1.0), max(rimColor.a, 1e-5));
        #ifdef RIM_TEXTURE
            rim *= texture(rimTexture, uvOf(8)).rgb;
        #endif
            sum += rim * mix(vec3(1), arriving, toon.w);
        #endif
            color = vec4(sum * base.a, base.a);
        }
        #endif

        #ifdef KIND_OUTLINE
        void main() {
            float a = surfaceColor().a;
        #ifdef OUTLINE_TEXTURE
            // A width of nothing is no outline.
            if (texture(outlineTexture, uvOf(9)).g < 0.01) discard;
        #endif
            vec3 c = outlineColor.rgb;
        #ifdef LIT_OUTLINE
            vec3 arriving;
            c *= mix(vec3(1), toonLight(vec3(1), vec3(1), normalize(vNormal), 0.0, arriving), outlineColor.a);
        #endif
            color = vec4(c * a, a);
        }
        #endif

        #ifdef KIND_DEPTH
        void main() {
            surfaceColor();
            color = vec4(0);
        }
        #endif
        """
}
