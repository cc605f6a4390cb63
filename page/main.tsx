import { render } from "preact";

render(<main>moonkeep</main>, document.getElementById("page")!);
