/// The shop's programs in PHP: a page that needs every role behind it, an order, and the worker that carries orders out.
///
/// A part that does not answer is named in the first line of a 503, so that a witness sees which it was.
package enum ShopPages {
    /// Rounds of hashing a page takes: some milliseconds of a core.
    static let rounds = 3000

    /// What the others include: connections, and how to give up.
    package static let common = """
        <?php
        mysqli_report(MYSQLI_REPORT_OFF);
        error_reporting(0);

        function away(string $part): never {
            http_response_code(503);
            exit("$part is away\\n");
        }

        function database(): mysqli {
            $link = mysqli_init();
            $link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
            $link->options(MYSQLI_OPT_READ_TIMEOUT, 2);
            if (!@$link->real_connect('\(DatabaseRole.address)', 'shop', '', 'shop', \(DatabaseRole.port))) away('db');
            return $link;
        }

        /** One frame of STOMP. */
        function frame(string $command, array $headers, string $body = ''): string {
            $text = "$command\\n";
            foreach ($headers as $name => $value) $text .= "$name:$value\\n";
            return "$text\\n$body\\0";
        }

        /** Reads a frame: its command, headers and body; null at the end. */
        function receive($link): ?array {
            do {
                $text = stream_get_line($link, 65536, "\\0");
                if ($text === false) return null;
                $text = ltrim($text, "\\n");
            } while ($text === '');
            [$head, $body] = explode("\\n\\n", $text, 2) + ['', ''];
            $lines = explode("\\n", $head);
            $headers = [];
            foreach (array_slice($lines, 1) as $line) {
                [$name, $value] = explode(':', $line, 2) + ['', ''];
                $headers[$name] = $value;
            }
            return [$lines[0], $headers, $body];
        }

        function broker() {
            $link = @stream_socket_client('tcp://\(QueueRole.address):\(QueueRole.stompPort)', $code, $why, 1);
            if (!$link) return null;
            stream_set_timeout($link, 2);
            fwrite($link, frame('CONNECT', ['accept-version' => '1.1', 'host' => '/', 'login' => 'guest', 'passcode' => 'guest']));
            $answer = receive($link);
            return $answer && $answer[0] === 'CONNECTED' ? $link : null;
        }

        """

    /// A page of the shop: the session, a product, what a search finds, and how often it was looked at.
    package static let page = """
        <?php
        require '/srv/common.php';
        if (!@session_start()) away('sessions');
        $_SESSION['seen'] = ($_SESSION['seen'] ?? 0) + 1;
        $seen = $_SESSION['seen'];
        if (!@session_write_close()) away('sessions');
        $id = (int) ($_GET['p'] ?? 1) % \(Catalogue.products.count) + 1;
        $row = database()->query("SELECT title, price FROM product WHERE id = $id");
        if (!$row || !($product = $row->fetch_assoc())) away('db');
        $word = preg_replace('/[^a-z0-9]/', '', $_GET['q'] ?? 'linen');
        $found = false;
        // A search that is under way where a server dies can't be sent again by the load balancer; whoever asked can.
        for ($try = 0; $try < 2 && !$found; $try++) {
            $search = mysqli_init();
            $search->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
            $search->options(MYSQLI_OPT_READ_TIMEOUT, 2);
            if (!@$search->real_connect('\(RoleMachine.shopAddress)', '', '', '', \(SearchRole.port))) continue;
            $found = @$search->query("SELECT id FROM products WHERE MATCH('*$word*') LIMIT 5");
        }
        if (!$found) away('search');
        $views = 0;
        if ($cache = @stream_socket_client('tcp://\(CacheRole.address):\(CacheRole.memcachedPort)', $code, $why, 1)) {
            fwrite($cache, "add views$id 0 60 1\\r\\n0\\r\\nincr views$id 1\\r\\n");
            fgets($cache);
            $views = (int) fgets($cache);
        }
        $hash = '';
        for ($round = 0; $round < \(rounds); $round++) $hash = hash('sha256', $hash . $product['title']);
        echo "<h1>{$product['title']}</h1> price {$product['price']} found {$found->num_rows} seen $seen views $views $hash\\n";

        """

    /// An order: kept in the database, told to the queue, and acknowledged when both have it.
    package static let order = """
        <?php
        require '/srv/common.php';
        $database = database();
        if (!$database->query("INSERT INTO purchase (product, state) VALUES (1, 'new')")) away('db');
        $number = $database->insert_id;
        $broker = broker() ?? away('queue');
        $headers = ['destination' => '/queue/\(QueueRole.queue)', 'receipt' => '1', 'persistent' => 'true'];
        fwrite($broker, frame('SEND', $headers, "order $number"));
        $answer = receive($broker);
        if (!$answer || $answer[0] !== 'RECEIPT') away('queue');
        echo "order $number\\n";

        """

    /// The worker: takes an order at a time, works on it, has the customer told by mail, and says that it is done. It listens on a port of its own
    /// as long as it is connected, which is what its health is.
    package static let worker = """
        <?php
        require '/srv/common.php';

        function tell(string $text): bool {
            $mail = @stream_socket_client('tcp://\(MailRole.address):\(MailRole.port)', $code, $why, 1);
            if (!$mail) return false;
            stream_set_timeout($mail, 5);
            $lines = ['', 'HELO worker', 'MAIL FROM:<shop@shop.lab>', 'RCPT TO:<customer@world.lab>', 'DATA', "Subject: $text\\r\\n\\r\\n$text\\r\\n."];
            foreach ($lines as $line) {
                if ($line !== '') fwrite($mail, "$line\\r\\n");
                $answer = fgets($mail);
                if (!$answer || $answer[0] > '3') return false;
            }
            fwrite($mail, "QUIT\\r\\n");
            return true;
        }

        function carryOut(string $body): bool {
            usleep(\(QueueRole.workMilliseconds * 1000));
            if (!preg_match('/^order (\\d+)$/', $body, $match)) return true;
            if (!tell($body)) return false;
            $link = mysqli_init();
            $link->options(MYSQLI_OPT_CONNECT_TIMEOUT, 1);
            if (!@$link->real_connect('\(DatabaseRole.address)', 'shop', '', 'shop', \(DatabaseRole.port))) return false;
            return (bool) $link->query("UPDATE purchase SET state = 'done' WHERE id = {$match[1]}");
        }

        while (true) {
            $broker = broker();
            if (!$broker) {
                usleep(200000);
                continue;
            }
            stream_set_timeout($broker, 3600);
            $health = stream_socket_server('tcp://0.0.0.0:\(QueueRole.workerPort)');
            $headers = ['id' => '0', 'destination' => '/queue/\(QueueRole.queue)', 'ack' => 'client-individual', 'prefetch-count' => '1'];
            fwrite($broker, frame('SUBSCRIBE', $headers));
            while ($message = receive($broker)) {
                if ($message[0] !== 'MESSAGE') break;
                while (!carryOut($message[2])) usleep(200000);
                fwrite($broker, frame('ACK', ['message-id' => $message[1]['message-id'], 'subscription' => '0']));
            }
            if ($health) fclose($health);
            fclose($broker);
            usleep(200000);
        }

        """
}
