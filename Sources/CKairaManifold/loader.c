// Finds the shared library that scripts/install-manifold makes.
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kaira_manifold.h"

const kaira_manifold_api *kaira_manifold_load(char *reason, size_t room) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static const kaira_manifold_api *loaded = NULL;
    pthread_mutex_lock(&mutex);
    if (!loaded) {
        char path[4096];
        const char *chosen = getenv("KAIRA_MANIFOLD_LIBRARY"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
        if (chosen && *chosen) {
            snprintf(path, sizeof path, "%s", chosen);
        } else if (cache && *cache) {
            snprintf(path, sizeof path, "%s/kaira/manifold/libkaira_manifold.so", cache);
        } else {
            snprintf(path, sizeof path, "%s/.cache/kaira/manifold/libkaira_manifold.so", home ? home : "");
        }
        // Local: none of its C++ symbols is to be seen by others.
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library) {
            snprintf(reason, room, "%s", dlerror());
        } else {
            const kaira_manifold_api *(*entry)(void) =
                (const kaira_manifold_api *(*)(void))dlsym(library, "kaira_manifold_entry");
            const kaira_manifold_api *api = entry ? entry() : NULL;
            if (api && api->abi == KAIRA_MANIFOLD_ABI) {
                loaded = api;
            } else {
                snprintf(reason, room, "%s was built for another version of Kaira", path);
                dlclose(library);
            }
        }
    }
    const kaira_manifold_api *result = loaded;
    pthread_mutex_unlock(&mutex);
    return result;
}
