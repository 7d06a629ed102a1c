import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Stands in Metabase's place: says what it was given, loads a library from /tmp as DuckDB does. */
public class Standin {
    public static void main(String[] arguments) throws Exception {
        Path copy = Files.createTempFile("library", ".so");
        Files.copy(Path.of(System.getenv("STANDIN_LIBRARY")), copy, StandardCopyOption.REPLACE_EXISTING);
        System.load(copy.toString());
        say("java", Runtime.version().feature());
        say("heap", Runtime.getRuntime().maxMemory() / 1_000_000);
        say("plugins", String.join(" ", new File(System.getenv("MB_PLUGINS_DIR")).list()));
        say("secret", System.getenv("MB_ENCRYPTION_SECRET_KEY"));
        int port = Integer.parseInt(System.getenv("MB_JETTY_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("MB_JETTY_HOST"), port), 0);
        server.createContext("/api/health", exchange -> {
            byte[] body = "{\"status\":\"ok\"}".getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        say("listens", port);
    }

    private static void say(String name, Object value) {
        System.out.println(name + ": " + value);
    }
}
