#pragma once
#include <git2.h>

// Off, because we keep what objects say and not the objects: each is read once.
static inline int shim_git_set_object_cache(int enabled) {
    return git_libgit2_opts(GIT_OPT_ENABLE_CACHING, enabled);
}

// git_libgit2_opts is variadic, which Swift cannot call.
//
// Off, because we only read objects and references: nothing of a repository's configuration is ever
// run by libgit2, and in containers the owner of a mounted repository is seldom the one who reads it.
static inline int shim_git_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}
