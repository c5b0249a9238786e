#pragma once
#include <microhttpd.h>
#include <string.h>

/* What a daemon needs; MHD_start_daemon is variadic, which Swift cannot call. */
struct shim_daemon_configuration {
    int listen_socket;
    unsigned int connection_limit;
    unsigned int connection_timeout_seconds;
    size_t connection_memory;
    /* Both null for plain HTTP; PEM texts otherwise. */
    const char *certificate;
    const char *key;
    void *context;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
};

/* Paths and queries are decoded once, by us: "%2F" must stay apart from "/". */
static inline size_t shim_keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Malformed requests are answered, not logged line by line to standard error. */
static inline void shim_drop_log(void *context, const char *format, va_list arguments) {
    (void)context;
    (void)format;
    (void)arguments;
}

static inline struct MHD_Daemon *shim_start_daemon(const struct shim_daemon_configuration *c) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)c->key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)c->certificate},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (c->key != NULL) flags |= MHD_USE_TLS;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, c->handle, c->context,
        MHD_OPTION_EXTERNAL_LOGGER, &shim_drop_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, c->listen_socket,
        MHD_OPTION_CONNECTION_LIMIT, c->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, c->connection_timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->connection_memory,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, &shim_keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, c->target, c->context,
        MHD_OPTION_NOTIFY_COMPLETED, c->completed, c->context,
        MHD_OPTION_ARRAY, c->key != NULL ? tls : none,
        MHD_OPTION_END);
}
