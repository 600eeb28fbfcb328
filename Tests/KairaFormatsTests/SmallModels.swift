import KairaFormats

/// Small files that between them use every part of the reader; `Fuzz/Seeds/FuzzGLTF` holds them too.
enum SmallModels {
    /// A GLB with all of VRM 1.0, and a glTF with all of VRM 0.x, sparse and interleaved accessors.
    static let all: [(name: String, bytes: [UInt8])] = [("vrm1", vrm1), ("vrm0", Array(vrm0.utf8))]

    private static let vrm1 = (try? GLTFWriter().write(EverythingAvatar.scene(vertices: 6))) ?? []

    /// 96 bytes of data: three positions and normals, interleaved, and joints; a list of indices; sparse parts.
    private static let vrm0 = #"""
        {"asset":{"version":"2.0"},"extensionsUsed":["VRM","KHR_texture_transform","KHR_mesh_quantization",
        "KHR_materials_unlit"],"scene":0,"scenes":[{"nodes":[0]}],
        "buffers":[{"byteLength":96,"uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAAAAAgD8AAAAAAAAAAAAAAAAAAIA/AAECAAIBAAEAAAEBAAAAAP8AAP8BAgAA"}],
        "bufferViews":[{"buffer":0,"byteLength":72,"byteStride":24,"target":34962},
        {"buffer":0,"byteOffset":72,"byteLength":24},{"buffer":0,"byteOffset":72,"byteLength":12,"byteStride":4}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]},
        {"bufferView":0,"byteOffset":12,"componentType":5126,"count":3,"type":"VEC3"},
        {"bufferView":1,"componentType":5121,"count":6,"type":"SCALAR"},
        {"bufferView":2,"componentType":5121,"count":3,"type":"VEC4"},
        {"bufferView":2,"componentType":5121,"normalized":true,"count":3,"type":"VEC4"},
        {"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,0,0],"sparse":{"count":2,
        "indices":{"bufferView":1,"byteOffset":1,"componentType":5121},"values":{"bufferView":0}}},
        {"bufferView":2,"componentType":5120,"count":3,"type":"VEC2"},
        {"componentType":5126,"count":2,"type":"SCALAR","min":[0],"max":[1],"sparse":{"count":1,
        "indices":{"bufferView":1,"byteOffset":1,"componentType":5121},"values":{"bufferView":0,"byteOffset":12}}},
        {"componentType":5126,"count":2,"type":"SCALAR"}],
        "materials":[{"name":"m","pbrMetallicRoughness":{"baseColorTexture":{"index":0,"extensions":
        {"KHR_texture_transform":{"offset":[0.5,0],"rotation":1,"scale":[2,2],"texCoord":0}}}},"alphaMode":"BLEND"},
        {"name":"u","extensions":{"KHR_materials_unlit":{}}}],
        "textures":[{"source":0,"sampler":0},{"sampler":0}],"samplers":[{"magFilter":9728,"minFilter":9987,"wrapS":33071}],
        "images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}],
        "meshes":[{"name":"b","extras":{"targetNames":["smile"]},"weights":[0.5],"primitives":[{"attributes":{"POSITION":0,
        "NORMAL":1,"JOINTS_0":3,"WEIGHTS_0":4,"TEXCOORD_0":6},"indices":2,"material":0,"targets":[{"POSITION":5}]},
        {"mode":5,"attributes":{"POSITION":0},"material":1,"targets":[{"POSITION":5}]}]}],
        "skins":[{"joints":[0,1,2],"skeleton":0}],
        "nodes":[{"name":"hips","children":[1,3]},{"name":"spine","children":[2],"translation":[0,1,0]},
        {"name":"head","rotation":[0,0.6,0,0.8]},{"mesh":0,"skin":0}],
        "animations":[{"samplers":[{"input":7,"output":8}],"channels":[{"sampler":0,"target":{"node":3,"path":"weights"}}]}],
        "extensions":{"VRM":{"specVersion":"0.0","meta":{"title":"t","version":"1","author":"a","licenseName":"CC0",
        "texture":0,"allowedUserName":"Everyone"},
        "humanoid":{"humanBones":[{"bone":"hips","node":0},{"bone":"spine","node":1},{"bone":"head","node":2}]},
        "firstPerson":{"firstPersonBone":2,"firstPersonBoneOffset":{"x":0,"y":0.1,"z":0.02},"meshAnnotations":
        [{"mesh":0,"firstPersonFlag":"Auto"}],"lookAtTypeName":"Bone","lookAtHorizontalInner":{"curve":[0,0,0,1,1,1,1,0],
        "xRange":80,"yRange":8},"lookAtVerticalUp":{"xRange":90,"yRange":10}},
        "blendShapeMaster":{"blendShapeGroups":[{"name":"Joy","presetName":"joy","isBinary":false,"binds":[{"mesh":0,
        "index":0,"weight":100}],"materialValues":[{"materialName":"m","propertyName":"_Color","targetValue":[1,0,0,1]},
        {"materialName":"m","propertyName":"_MainTex_ST","targetValue":[1,1,0.5,0]}]}]},
        "secondaryAnimation":{"boneGroups":[{"comment":"hair","stiffiness":1,"gravityPower":0.1,"gravityDir":{"x":0,"y":-1,
        "z":0},"dragForce":0.4,"center":-1,"hitRadius":0.02,"bones":[1],"colliderGroups":[0]}],
        "colliderGroups":[{"node":0,"colliders":[{"offset":{"x":0,"y":0.1,"z":0.1},"radius":0.1}]}]},
        "materialProperties":[{"name":"m","shader":"VRM/MToon","renderQueue":3000,"floatProperties":{"_Cutoff":0.5,
        "_BlendMode":2,"_ShadeToony":0.9,"_OutlineWidthMode":1,"_OutlineWidth":0.1},"vectorProperties":{"_Color":[1,1,1,1],
        "_MainTex":[0,0,1,1],"_ShadeColor":[0.9,0.8,0.8,1]},"textureProperties":{"_MainTex":0,"_ShadeTexture":1},
        "keywordMap":{},"tagMap":{}},{"name":"u","shader":"VRM_USE_GLTFSHADER"}]}}}
        """#
}
