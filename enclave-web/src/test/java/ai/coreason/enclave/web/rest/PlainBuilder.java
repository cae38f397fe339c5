package ai.coreason.enclave.web.rest;

import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Link;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.Variant;
import java.lang.annotation.Annotation;
import java.net.URI;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Builds a {@link PlainResponse} of a status, headers and an entity. */
final class PlainBuilder extends ResponseBuilder {
    private final MultivaluedMap<String, Object> headers = new MultivaluedHashMap<>();
    private int status;
    private Object entity;

    @Override
    public Response build() {
        return new PlainResponse(status, entity, new MultivaluedHashMap<>(headers));
    }

    @Override
    public ResponseBuilder status(int code) {
        status = code;
        return this;
    }

    @Override
    public ResponseBuilder status(int code, String reason) {
        return status(code);
    }

    @Override
    public ResponseBuilder entity(Object body) {
        entity = body;
        return this;
    }

    @Override
    public ResponseBuilder header(String name, Object value) {
        headers.add(name, value);
        return this;
    }

    @Override
    public ResponseBuilder type(MediaType type) {
        headers.putSingle(HttpHeaders.CONTENT_TYPE, type.toString());
        return this;
    }

    @Override
    public ResponseBuilder type(String type) {
        headers.putSingle(HttpHeaders.CONTENT_TYPE, type);
        return this;
    }

    @Override
    public ResponseBuilder location(URI location) {
        headers.putSingle(HttpHeaders.LOCATION, location);
        return this;
    }

    @Override
    public ResponseBuilder clone() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder entity(Object body, Annotation[] annotations) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder allow(String... methods) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder allow(Set<String> methods) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder cacheControl(CacheControl control) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder encoding(String encoding) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder replaceAll(MultivaluedMap<String, Object> all) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder language(String language) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder language(Locale language) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder variant(Variant variant) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder contentLocation(URI location) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder cookie(NewCookie... cookies) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder expires(Date expires) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder lastModified(Date modified) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder tag(EntityTag tag) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder tag(String tag) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder variants(Variant... variants) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder variants(List<Variant> variants) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder links(Link... links) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder link(URI uri, String rel) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ResponseBuilder link(String uri, String rel) {
        throw new UnsupportedOperationException();
    }
}
