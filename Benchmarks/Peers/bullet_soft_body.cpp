// Times Bullet's soft body on request: one object of JSON a line in, a list of numbers a line out.
//
//   {"scene": "chain" or "cloth", "size": points a side, "iterations": of the solver a step, "frames": before measuring,
//    "runs": steps to measure, "what": "times" or "errors"}
//
// times: milliseconds of each of `runs` steps of 1/60 s after `frames`. errors: root mean square and greatest relative
// stretch of the links over the same steps, and the height of the lowest point at the end, metres.
//
// Only the soft body steps (predictMotion, solveConstraints, integrateMotion): no world, no collisions, no faces, so that
// what is timed is the constraints and the motion. All links are rigid (kLST 1), nothing is damped.
//
// Built by scripts/bench physics --peers:
//   g++ -O3 -march=native bullet_soft_body.cpp $(pkg-config --cflags --libs bullet)
#include <BulletSoftBody/btSoftBody.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

// The string that a key has in a flat object of strings; the protocol has no others.
std::string value(const std::string &line, const std::string &key) {
    const size_t at = line.find('"' + key + '"');
    if (at == std::string::npos) return "";
    const size_t open = line.find('"', line.find(':', at)), close = line.find('"', open + 1);
    return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

struct Scene {
    btSoftBodyWorldInfo info;
    std::unique_ptr<btSoftBody> body;
    std::vector<double> rests;

    Scene(const std::string &kind, int size, int iterations) {
        info.m_gravity = btVector3(0, btScalar(-9.80665), 0);
        info.air_density = 0;
        info.water_density = 0;
        const bool cloth = kind == "cloth";
        const int rows = cloth ? size : 1;
        const btScalar spacing = btScalar(1) / (size - 1);
        std::vector<btVector3> points;
        for (int j = 0; j < rows; ++j)
            for (int i = 0; i < size; ++i) points.emplace_back(i * spacing, btScalar(0), j * spacing);
        const std::vector<btScalar> masses(points.size(), btScalar(1) / points.size());
        body = std::make_unique<btSoftBody>(&info, int(points.size()), points.data(), masses.data());
        body->setMass(0, 0);
        if (cloth) body->setMass(size - 1, 0);
        body->m_materials[0]->m_kLST = 1;
        for (int j = 0; j < rows; ++j)
            for (int i = 0; i < size; ++i) {
                const int p = j * size + i;
                if (i + 1 < size) link(p, p + 1);
                if (j + 1 < rows) link(p, p + size);
                if (i + 1 < size && j + 1 < rows) {
                    link(p, p + size + 1);
                    link(p + 1, p + size);
                }
            }
        body->m_cfg.piterations = iterations;
        body->m_cfg.viterations = 0;
        body->m_cfg.diterations = 0;
        body->m_cfg.collisions = 0;
        body->m_cfg.kDP = 0;
        body->m_cfg.kDG = 0;
        body->m_cfg.kLF = 0;
    }

    void link(int a, int b) {
        body->appendLink(a, b);
        rests.push_back((body->m_nodes[b].m_x - body->m_nodes[a].m_x).length());
    }

    void step() {
        body->predictMotion(btScalar(1) / 60);
        body->solveConstraints();
        body->integrateMotion();
    }

    // Adds the squares of the links' strains; returns the greatest strain.
    double strains(double &sum) const {
        double worst = 0;
        for (int k = 0; k < body->m_links.size(); ++k) {
            const btSoftBody::Link &l = body->m_links[k];
            const btVector3 d = l.m_n[1]->m_x - l.m_n[0]->m_x;
            const double length = std::sqrt(double(d.x()) * d.x() + double(d.y()) * d.y() + double(d.z()) * d.z());
            const double strain = length / rests[size_t(k)] - 1;
            sum += strain * strain;
            worst = std::fmax(worst, std::fabs(strain));
        }
        return worst;
    }
};

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        const int size = std::atoi(value(line, "size").c_str()), iterations = std::atoi(value(line, "iterations").c_str());
        const int frames = std::atoi(value(line, "frames").c_str()), runs = std::atoi(value(line, "runs").c_str());
        if (size < 2 || size > 1000 || iterations < 1 || frames < 0 || runs < 1) return 65;
        Scene scene(value(line, "scene"), size, iterations);
        for (int k = 0; k < frames; ++k) scene.step();
        std::string answer;
        char number[64];
        if (value(line, "what") == "errors") {
            double sum = 0, worst = 0, low = 0;
            for (int k = 0; k < runs; ++k) {
                scene.step();
                worst = std::fmax(worst, scene.strains(sum));
            }
            for (int k = 0; k < scene.body->m_nodes.size(); ++k)
                low = std::fmin(low, double(scene.body->m_nodes[k].m_x.y()));
            std::snprintf(number, sizeof number, "%.9g, %.9g, %.9g",
                          std::sqrt(sum / (double(runs) * scene.body->m_links.size())), worst, low);
            answer = number;
        } else {
            for (int k = 0; k < runs; ++k) {
                const auto start = std::chrono::steady_clock::now();
                scene.step();
                const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
                std::snprintf(number, sizeof number, "%s%.6f", k ? ", " : "", time.count());
                answer += number;
            }
        }
        std::cout << '[' << answer << ']' << std::endl;
    }
}
