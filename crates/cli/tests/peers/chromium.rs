//! Chromium, without a window.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::child::Child;
use super::webdriver::Driver;
use super::{PATIENCE, until};

/// A browser that runs, with a profile of its own.
pub struct Chromium {
    driver: Driver,
    session: String,
    _child: Child,
    _profile: TempDir,
}

/// One of its tabs. What is asked of it is asked in the page that it shows.
pub struct Page<'b> {
    browser: &'b Chromium,
}

/// Nothing that Chromium says to others by itself, and nothing that it needs a screen for.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// How WebDriver names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Starts a driver. It looks for a port that is free for IPv6, and ends where somebody has that one for IPv4: then there is none.
fn driver() -> Option<(Child, Driver)> {
    let mut child = Child::start(Command::new("chromedriver").arg("--port=0"));
    let port = child.until("it listens", |said| {
        if said.contains("Address already in use") {
            return Some(None);
        }
        let (_, rest) = said.split_once("started successfully on port ")?;
        rest.split_once('.')?.0.parse::<u16>().ok().map(Some)
    })?;
    Some((child, Driver(([127, 0, 0, 1], port).into())))
}

impl Chromium {
    /// Starts one.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (child, driver) = (0..10).find_map(|_| driver()).expect("a port of its own");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([folder.as_str()]).collect();
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
            "timeouts": { "script": 60_000, "pageLoad": 60_000 },
            // The certificates are of these tests alone.
            "acceptInsecureCerts": true,
        } } });
        let started =
            driver.ask("POST", "/session", &wanted).unwrap_or_else(|error| panic!("{error}\n{}", child.said()));
        let session = started["sessionId"].as_str().expect("a session").to_owned();
        Self { driver, session, _child: child, _profile: profile }
    }

    /// The tab that it has from the start.
    pub fn page(&self) -> Page<'_> {
        Page { browser: self }
    }

    fn try_ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.driver.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_ask(method, path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver ends the browser, and is then ended itself.
        let _ = self.driver.ask("DELETE", &format!("/session/{}", self.session), &Value::Null);
    }
}

impl Page<'_> {
    /// Goes to an address, as if somebody had typed it.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.browser.ask("POST", "/url", &json!({ "url": url }));
    }

    /// Where it is now.
    pub fn url(&self) -> String {
        self.text_of("/url")
    }

    /// What the page's title is.
    pub fn title(&self) -> String {
        self.text_of("/title")
    }

    /// The page's text, as somebody reads it.
    #[track_caller]
    pub fn text(&self) -> String {
        self.text_at("body")
    }

    /// The text of the first element that matches, as soon as there is one.
    #[track_caller]
    pub fn text_at(&self, selector: &str) -> String {
        let text =
            self.at(selector, |element| self.browser.try_ask("GET", &format!("/element/{element}/text"), &Value::Null));
        text.as_str().expect("text").to_owned()
    }

    /// How many elements match.
    pub fn count(&self, selector: &str) -> usize {
        let found = self.browser.ask("POST", "/elements", &json!({ "using": "css selector", "value": selector }));
        found.as_array().map_or(0, Vec::len)
    }

    /// Types into the first field that matches, after what stands there.
    #[track_caller]
    pub fn write(&self, selector: &str, text: &str) {
        let body = json!({ "text": text });
        self.at(selector, |element| self.browser.try_ask("POST", &format!("/element/{element}/value"), &body));
    }

    /// Presses keys one after the other, wherever the focus is.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let active = self.browser.ask("GET", "/element/active", &Value::Null);
        let element = active[ELEMENT].as_str().expect("an element").to_owned();
        self.browser.ask("POST", &format!("/element/{element}/value"), &json!({ "text": keys }));
    }

    /// Presses keys, and waits until another page is there.
    #[track_caller]
    pub fn press_on(&self, keys: &str) {
        self.leave(|| self.press(keys));
    }

    /// Clicks on the first element that matches.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.at(selector, |element| self.browser.try_ask("POST", &format!("/element/{element}/click"), &json!({})));
    }

    /// Clicks on the first element that matches, and waits until another page is there.
    #[track_caller]
    pub fn follow(&self, selector: &str) {
        self.leave(|| self.click(selector));
    }

    /// Does something that leads to another page, and waits until that is there.
    #[track_caller]
    fn leave(&self, act: impl FnOnce()) {
        let here = self.at("html", |element| Ok(element.into()));
        act();
        let path = format!("/element/{}/name", here.as_str().expect("an element"));
        until("another page is there", || self.browser.try_ask("GET", &path, &Value::Null).err());
    }

    /// Runs the body of an async function in the page, and says what it returns.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {script} }})().then(done, error => done('failed: ' + error));"
        );
        self.browser.ask("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// What the console says since it was last asked, without what Chromium itself is told by.
    pub fn console(&self) -> Vec<String> {
        let lines = self.browser.ask("POST", "/se/log", &json!({ "type": "browser" }));
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| format!("{} {}", line["level"], line["message"])).collect()
    }

    /// Whether scripts of pages run.
    pub fn let_scripts_run(&self, run: bool) {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": !run }));
    }

    /// Which languages pages are to choose from.
    pub fn speak(&self, languages: &str) {
        self.command("Network.enable", json!({}));
        self.command("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": languages } }));
    }

    /// How large the window is.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// Which colours pages are to choose: `light` or `dark`.
    pub fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", features);
    }

    /// Whether the page is wider than the window, so that people must scroll sideways.
    pub fn is_too_wide(&self) -> bool {
        self.run("return document.documentElement.scrollWidth > window.innerWidth") == true
    }

    /// A picture of the page, in a file.
    pub fn picture(&self, file: &Path) {
        let taken = self.command("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }));
        let bytes = super::base64(taken["data"].as_str().expect("a picture"));
        std::fs::write(file, bytes).expect("it can be written");
    }

    /// Where files go that pages are left for.
    pub fn download_to(&self, folder: &Path) {
        self.command("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }));
    }

    /// The value of a cookie that scripts may or may not see.
    pub fn cookie(&self, name: &str) -> Option<Value> {
        let cookies = self.browser.ask("GET", "/cookie", &Value::Null);
        cookies.as_array()?.iter().find(|cookie| cookie["name"] == name).cloned()
    }

    /// Forgets all cookies.
    pub fn forget(&self) {
        self.command("Network.clearBrowserCookies", json!({}));
    }

    fn command(&self, name: &str, parameters: Value) -> Value {
        self.browser.ask("POST", "/goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// Does something with the first element that matches, as soon as there is one and its page stays.
    #[track_caller]
    fn at(&self, selector: &str, act: impl Fn(&str) -> Result<Value, String>) -> Value {
        let wanted = json!({ "using": "css selector", "value": selector });
        let began = Instant::now();
        loop {
            let found = self.browser.try_ask("POST", "/element", &wanted);
            match found.and_then(|found| act(found[ELEMENT].as_str().unwrap_or_default())) {
                Ok(value) => return value,
                Err(error) if began.elapsed() > PATIENCE => panic!("{selector}: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn text_of(&self, path: &str) -> String {
        self.browser.ask("GET", path, &Value::Null).as_str().expect("text").to_owned()
    }
}
