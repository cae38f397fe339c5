package ai.coreason.enclave.launcher.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Digests;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parts and conditions of a download as they come over the wire (RFC 9110, sections 13 and 14). */
@ExtendWith(TestOverseer.class)
class ModelDownloadIT {
    private static String job;
    private static byte[] model;
    private static String tag;

    @BeforeAll
    static void submitAJob() throws Exception {
        TestNode node = TestNode.enrolled("download_node");
        job = TestOverseer.post("foundry", "/jobs", TestJobs.job(List.of(node.id()), 1, 1))
                .ok()
                .json()
                .get("job_id")
                .asText();
        TestOverseer.await(
                "the initial model",
                () -> TestOverseer.get("operator", "/jobs/" + job).ok().json(),
                j -> j.has("model_digest"));
        HttpResponse<byte[]> whole = download("GET");
        assertThat(whole.statusCode()).isEqualTo(200);
        model = whole.body();
        tag = '"' + Digests.sha256Hex(model) + '"';
    }

    private static HttpResponse<byte[]> download(String method, String... headers) throws Exception {
        HttpRequest.Builder request = TestOverseer.request(TestOverseer.users("/api/v1/jobs/" + job + "/model"))
                .header("Authorization", "Bearer " + TestOverseer.token("foundry"))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return TestOverseer.anonymous().send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return String.join(", ", answer.headers().allValues(name));
    }

    @Test
    void get_whole_hasItsDigestAsStrongTag() throws Exception {
        HttpResponse<byte[]> whole = download("GET", "If-None-Match", "\"another\"");

        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(header(whole, "ETag")).isEqualTo(tag);
        assertThat(header(whole, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(whole, "Content-Length")).isEqualTo(Integer.toString(model.length));
        assertThat(header(whole, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(whole.body()).isEqualTo(model);
    }

    @Test
    void head_hasTheHeadersOfTheWholeAndNoBody() throws Exception {
        HttpResponse<byte[]> head = download("HEAD", "Range", "bytes=0-3");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "ETag")).isEqualTo(tag);
        assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(model.length));
        assertThat(header(head, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void get_ranges_areThoseBytesOfTheSameFile() throws Exception {
        int size = model.length;

        HttpResponse<byte[]> middle = download("GET", "Range", "bytes=2-5", "If-Range", tag);
        assertThat(middle.statusCode()).isEqualTo(206);
        assertThat(header(middle, "Content-Range")).isEqualTo("bytes 2-5/" + size);
        assertThat(header(middle, "ETag")).isEqualTo(tag);
        assertThat(middle.body()).isEqualTo(Arrays.copyOfRange(model, 2, 6));

        HttpResponse<byte[]> last = download("GET", "Range", "bytes=-7");
        assertThat(last.statusCode()).isEqualTo(206);
        assertThat(header(last, "Content-Range")).isEqualTo("bytes " + (size - 7) + "-" + (size - 1) + "/" + size);
        assertThat(last.body()).isEqualTo(Arrays.copyOfRange(model, size - 7, size));
    }

    @Test
    void get_rangeOfAnotherFileOrSeveral_isTheWhole() throws Exception {
        for (String[] headers : new String[][] {
            {"Range", "bytes=2-5", "If-Range", "\"another\""},
            {"Range", "bytes=2-5", "If-Range", "W/" + tag},
            {"Range", "bytes=0-1,4-5"},
            {"Range", "bytes=0-1", "Range", "bytes=4-5"},
            {"Range", "lines=2-5"}
        }) {
            HttpResponse<byte[]> whole = download("GET", headers);
            assertThat(whole.statusCode()).as(String.join(" ", headers)).isEqualTo(200);
            assertThat(whole.body()).isEqualTo(model);
        }
    }

    @Test
    void get_conditionsThatDoNotHold_areAnsweredWithoutABody() throws Exception {
        HttpResponse<byte[]> known = download("GET", "If-None-Match", "\"another\", W/" + tag);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(header(known, "ETag")).isEqualTo(tag);
        assertThat(known.body()).isEmpty();

        HttpResponse<byte[]> other = download("GET", "If-Match", "\"another\"");
        assertThat(other.statusCode()).isEqualTo(412);
        assertThat(other.body()).isEmpty();

        HttpResponse<byte[]> outside = download("GET", "Range", "bytes=" + model.length + "-");
        assertThat(outside.statusCode()).isEqualTo(416);
        assertThat(header(outside, "Content-Range")).isEqualTo("bytes */" + model.length);
        assertThat(outside.body()).isEmpty();
    }
}
