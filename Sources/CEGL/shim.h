#ifndef KAIRA_CEGL_SHIM_H
#define KAIRA_CEGL_SHIM_H
// No X11 types, and prototypes for all of OpenGL 4.5 core: libOpenGL exports them, so that no loader is needed.
#define EGL_NO_X11
#define GL_GLEXT_PROTOTYPES
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/glcorearb.h>
#endif
