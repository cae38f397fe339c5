package ai.coreason.enclave.sentry.attestation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Real evidence, from which Jazzer begins. */
public final class Pieces {
    private final List<Piece> pieces;
    private boolean loaded;

    public Pieces(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    /** As they are valid. */
    public Stream<byte[]> seeds() {
        return pieces.stream().map(Piece::bytes);
    }

    /** Judges bytes in the place of the piece that they have the most in common with. */
    public void judge(byte[] data) throws Exception {
        if (!loaded) {
            load();
            loaded = true;
        }
        Piece.nearest(pieces, data).judged(data);
    }

    /** Judges without bounds at first: the agent instruments each class as it is loaded, and that takes memory. */
    private void load() throws Exception {
        for (Piece piece : pieces) {
            piece.judge().judge(piece.bytes());
            piece.judge().judge(Arrays.copyOf(piece.bytes(), piece.bytes().length / 2));
        }
    }
}
