import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.File;
import java.util.Arrays;

/** Reads published data as Metabase is led through it: one JVM with DuckDB, from file to file. */
public class Reader {
    private static final String QUERY = "SELECT sum(line_item_unblended_cost)::VARCHAR FROM aws_billing.cur";
    private static NativeLibrary duckdb;

    public static void main(String[] arguments) throws Exception {
        duckdb = NativeLibrary.getInstance(arguments[0]);
        File serving = new File(arguments[1]);
        File path = null;
        PointerByReference database = null;
        PointerByReference connection = null;
        while (true) {
            File newest = newest(serving);
            if (!newest.equals(path)) {
                PointerByReference opened = open(newest);
                PointerByReference connected = new PointerByReference();
                succeed(call("duckdb_connect", opened.getValue(), connected), "connect");
                if (database != null) {
                    duckdb.getFunction("duckdb_disconnect").invoke(new Object[] {connection});
                    duckdb.getFunction("duckdb_close").invoke(new Object[] {database});
                }
                path = newest;
                database = opened;
                connection = connected;
            }
            System.out.println(ask(connection.getValue()));
            Thread.sleep(10);
        }
    }

    private static File newest(File serving) {
        File[] found = serving.listFiles((folder, name) -> name.matches("finops-.*\\.duckdb"));
        return Arrays.stream(found).max(File::compareTo).orElseThrow();
    }

    private static PointerByReference open(File file) {
        PointerByReference settings = new PointerByReference();
        succeed(call("duckdb_create_config", settings), "settings");
        succeed(call("duckdb_set_config", settings.getValue(), "access_mode", "READ_ONLY"), "read only");
        PointerByReference database = new PointerByReference();
        PointerByReference why = new PointerByReference();
        int code = call("duckdb_open_ext", file.getPath(), database, settings.getValue(), why);
        succeed(code, code == 0 ? "open" : why.getValue().getString(0));
        return database;
    }

    private static String ask(Pointer connection) {
        Memory result = new Memory(128); // a duckdb_result, which is smaller
        succeed(call("duckdb_query", connection, QUERY, result), "query");
        Function value = duckdb.getFunction("duckdb_value_varchar");
        Pointer text = value.invokePointer(new Object[] {result, 0L, 0L});
        String said = text.getString(0);
        duckdb.getFunction("duckdb_free").invoke(new Object[] {text});
        duckdb.getFunction("duckdb_destroy_result").invoke(new Object[] {result});
        return said;
    }

    private static int call(String name, Object... arguments) {
        return duckdb.getFunction(name).invokeInt(arguments);
    }

    private static void succeed(int code, String what) {
        if (code != 0) {
            throw new IllegalStateException(what);
        }
    }
}
