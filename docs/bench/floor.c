/* The floor a plan is measured against: read every YAML file of a commit out of a bare repository with libgit2, and run
   libyaml's parser over it, doing nothing with what it says. */

#include <git2.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct walk {
    git_repository *repository;
    unsigned long files, bytes, events;
};

static int parse(struct walk *walk, const unsigned char *text, size_t size) {
    yaml_parser_t parser;
    yaml_event_t event;
    int done = 0;
    if (!yaml_parser_initialize(&parser)) return -1;
    yaml_parser_set_input_string(&parser, text, size);
    while (!done) {
        if (!yaml_parser_parse(&parser, &event)) break;
        done = event.type == YAML_STREAM_END_EVENT;
        walk->events++;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return done ? 0 : -1;
}

static int visit(const char *root, const git_tree_entry *entry, void *payload) {
    struct walk *walk = payload;
    const char *name = git_tree_entry_name(entry);
    size_t length = strlen(name);
    git_blob *blob = NULL;
    int failed;
    (void)root;
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return 0;
    if (length < 4 || strcmp(name + length - 4, ".yml") != 0) return 0;
    if (git_blob_lookup(&blob, walk->repository, git_tree_entry_id(entry)) != 0) return -1;
    walk->files++;
    walk->bytes += (unsigned long)git_blob_rawsize(blob);
    failed = parse(walk, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
    git_blob_free(blob);
    return failed;
}

int main(int count, char **arguments) {
    struct walk walk = {0};
    git_object *tree = NULL;
    int status = 1;
    if (count != 3) {
        fprintf(stderr, "usage: floor REPOSITORY REVISION\n");
        return 64;
    }
    char revision[256];
    if (snprintf(revision, sizeof revision, "%s^{tree}", arguments[2]) >= (int)sizeof revision) return 64;
    git_libgit2_init();
    if (git_repository_open_bare(&walk.repository, arguments[1]) == 0 &&
        git_revparse_single(&tree, walk.repository, revision) == 0 &&
        git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, visit, &walk) == 0) {
        printf("%lu files, %lu bytes, %lu events\n", walk.files, walk.bytes, walk.events);
        status = 0;
    } else {
        const git_error *error = git_error_last();
        fprintf(stderr, "floor: %s\n", error ? error->message : "a file is not YAML");
    }
    git_object_free(tree);
    git_repository_free(walk.repository);
    git_libgit2_shutdown();
    return status;
}
