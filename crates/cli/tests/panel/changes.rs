//! What is changed in the Panel, and what is taken away from it.

use crate::office::{Office, WIDTHS, done};
use crate::peers::until;

#[test]
fn a_role_is_made_by_ticking_a_tree_and_says_what_it_opens() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/new-role");
        page.write("#name", "sales");
        page.click("[data-side=allow][value='Shop::all']");
        assert_eq!(page.count("[data-side=allow]:checked"), 3, "all below come along");
        page.click("[data-side=allow][value='Shop::refund']");
        assert_eq!(page.count("[value='Shop::all'][data-side=allow]:indeterminate"), 1);
        page.click("main form button");
        let changes = page.text_at("dialog[open] #ask-changes");
        assert!(changes.contains("It grants also: Shop::orders") && changes.contains("GET /orders/:id"), "{changes}");
        assert_eq!(page.text_at("#ask-text"), "Nobody has this role.");
        page.follow("#ask-do");
        assert_eq!((page.text_at("h1"), done(&page)), ("sales".into(), "The role is added.".into()));
        assert_eq!(page.count("[data-side=allow]:checked"), 1);
        page.click("main form button");
        assert_eq!(page.text_at("dialog h2"), "Nothing has changed");
        page.click("#ask-not");
        // What is denied too is not allowed, and does not look so.
        page.click("[data-side=deny][value='Shop::orders']");
        assert_eq!(page.count(".overruled [data-side=allow][value='Shop::orders']"), 1);
        page.click("[data-side=deny][value='Shop::orders']");
        assert_eq!(page.count(".overruled"), 0);
        page.click("[data-method=DELETE]");
        page.follow("#ask-do");
        until("the list is there", || (page.text_at("h1") == "Roles").then_some(()));
        assert_eq!(page.count("a[href='/panel/roles/sales']"), 0);
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn a_session_is_found_and_ended() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        let anna = office.log_in("customer", "anna");
        office.enter(&page);
        office.show(&page, "/panel/sessions?realm=customer");
        page.click("td button");
        assert_eq!(page.text_at("dialog h2"), "End this session?");
        assert!(page.text_at("#ask-text").contains("anna, from 127.0.0.1"), "{}", page.text());
        page.click("#ask-not");
        assert_eq!(anna.status(office.server.address()), 200);
        page.click("td button");
        page.follow("#ask-do");
        assert_eq!(page.text_at(".empty"), "No session matches.");
        assert_eq!(anna.status(office.server.address()), 401);

        let (one, two) = (office.log_in("customer", "anna"), office.log_in("customer", "ben"));
        office.show(&page, "/panel/sessions?realm=customer");
        page.write("#login", "Ben");
        page.follow(".search button");
        assert_eq!((page.count("tbody tr"), page.text_at("tbody th")), (1, "ben customer".into()));
        office.show(&page, "/panel/sessions?realm=customer");
        page.click("[data-count]");
        // They are counted first.
        until("the number is told", || (page.text_at("#ask-text") == "2 sessions will end.").then_some(()));
        page.follow("#ask-do");
        assert_eq!(page.count("tbody tr"), 0);
        assert_eq!((one.status(office.server.address()), two.status(office.server.address())), (401, 401));
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn a_user_is_added_searched_for_altered_and_disabled() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.enter(&page);
        office.show(&page, "/panel/new-user");
        page.run("document.querySelector('#realm').value = 'customer'");
        page.write("#login", "zora");
        page.write("#name", "Zora Neale");
        page.click("[name=roles][value=clerk]");
        page.click("main form button");
        assert!(page.text_at("dialog[open] #ask-changes").contains("Gives clerk"), "{}", page.text());
        page.follow("#ask-do");
        assert_eq!(page.text_at("h1"), "Zora Neale");

        page.click("[data-target*=codes]");
        page.click("#ask-do");
        let code = until("a code is shown", || Some(page.text_at("#ask-said")).filter(|code| !code.is_empty()));
        assert!(code.len() > 10, "{code}");
        page.follow("#ask-not");

        page.run("document.querySelector('#name').value = ''");
        page.write("#name", "Zora");
        page.click("[name=roles][value=clerk]");
        page.click("form[data-changes] button");
        let changes = page.text_at("dialog[open] #ask-changes");
        assert!(changes.contains("Name: Zora Neale → Zora") && changes.contains("Takes clerk"), "{changes}");
        page.follow("#ask-do");
        assert_eq!((page.text_at("h1"), page.count("[name=roles][value=clerk]:checked")), ("Zora".into(), 0));
        page.click("form[data-changes] button");
        assert_eq!(page.text_at("dialog h2"), "Nothing has changed");
        page.click("#ask-not");
        page.click("[data-body*=disabled]");
        page.follow("#ask-do");
        assert_eq!(page.text_at(".head .badge"), "disabled");
        // What was done is said once, to those too who do not see it.
        assert_eq!(done(&page), "The user is disabled, and logged out everywhere.");
        assert!(!page.url().contains("done="), "{}", page.url());

        office.show(&page, "/panel/users");
        let all = page.count("#rows tr");
        page.write("#search", "zo");
        until("the list follows", || (page.count("#rows tr") < all).then_some(()));
        assert_eq!((page.text_at("#count"), page.text_at("#rows a")), ("one user".into(), "zora".into()));
        assert!(page.url().ends_with("/panel/users?search=zo"), "{}", page.url());
        page.follow("#rows a");
        assert_eq!(page.text_at("h1"), "Zora");
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn a_list_is_put_in_order_and_stays_so_while_somebody_searches() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        office.log_in("customer", "anna");
        office.enter(&page);
        let logins = || page.run("return [...document.querySelectorAll('#rows th')].map((cell) => cell.innerText)");
        // On a telephone rows are cards without heads, and the form has the order.
        let has_heads = width > 700;
        let put = |head: &str, order: &str| {
            if has_heads {
                page.follow(head);
            } else {
                page.click(&format!("#sort option[value='{order}']"));
                page.follow("main form .buttons button");
            }
        };
        office.show(&page, "/panel/users");
        put("th:last-child a", "-last_seen");
        let all = logins();
        assert_eq!((&all[2], &all[3], all.as_array().map(Vec::len)), (&"sam".into(), &"ben".into(), Some(4)), "{all}");
        assert_eq!(page.count("th[aria-sort=descending]"), 1);
        page.run(
            "const seen = document.querySelector('#seen'); seen.value = 'never'; \
              seen.dispatchEvent(new Event('input', { bubbles: true }))",
        );
        until("the list follows", || (page.count("#rows tr") == 2).then_some(()));
        assert_eq!(logins(), serde_json::json!(["sam", "ben"]), "in the same order");
        assert!(page.url().contains("seen=never") && page.url().contains("sort=-last_seen"), "{}", page.url());
        // The heads lead to what is shown now.
        put("th:first-child a", "");
        assert_eq!(logins(), serde_json::json!(["ben", "sam"]));
        let url = page.url();
        assert!(if has_heads { url.ends_with("/panel/users?seen=never") } else { url.contains("seen=never") }, "{url}");
        page.let_scripts_run(false);
        put("th:first-child a", "-login");
        assert_eq!((page.text_at("#rows a"), page.count("th[aria-sort=descending]")), ("sam".into(), 1));
        page.let_scripts_run(true);
        assert_eq!(page.console(), Vec::<String>::new());
    }
}

#[test]
fn what_happened_is_read_one_by_one_and_taken_away_as_a_file() {
    for width in WIDTHS {
        let office = Office::open();
        let page = office.browser.page();
        page.resize(width, 844);
        let folder = tempfile::tempdir().expect("a folder");
        page.download_to(folder.path());
        office.enter(&page);
        office.show(&page, "/panel/audit?kind=user_created");
        page.follow("tbody tr:last-child a");
        assert_eq!(page.text_at("h1"), "user created");
        assert!(page.text_at(".facts").contains("root"), "{}", page.text());

        office.show(&page, "/panel/audit?kind=user_created");
        page.click("[data-file*=csv]");
        assert!(page.text_at("#ask-text").contains("That you take it is recorded as well"), "{}", page.text());
        page.click("#ask-do");
        let text = until("the file is there", || {
            let files = std::fs::read_dir(folder.path()).ok()?.filter_map(|file| file.ok().map(|file| file.path()));
            let file = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "csv"))?;
            std::fs::read_to_string(file).ok().filter(|text| text.ends_with("\r\n"))
        });
        assert!(text.starts_with("number,at,kind,") && text.contains(",anna,"), "{text}");
        until("the dialog is closed", || (page.count("dialog[open]") == 0).then_some(()));
        until("that is on record", || {
            office.show(&page, "/panel/audit?kind=exported");
            (page.count("tbody tr") == 1).then_some(())
        });
        assert_eq!(page.console(), Vec::<String>::new());
    }
}
